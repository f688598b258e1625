// SPDX-License-Identifier: Apache-2.0
// One interaction on its way through the gate.
import type { Standing } from "./identity.ts";
import type { Commitment, EntryId, PointId, Ref, ServerId } from "./ids.ts";
import type { Instant } from "./time.ts";
import type { Impact, Verb } from "./verb.ts";

/** How an interaction reached a gate. */
export const VIAS = ["mcp", "authzen"] as const;
export type Via = (typeof VIAS)[number];

export const DESTINATION_KINDS = ["none", "internal", "partner", "external"] as const;

/** Where arguments go. */
export interface Destination {
  readonly kind: (typeof DESTINATION_KINDS)[number];
  readonly operator?: string;
  readonly jurisdiction?: string;
  /** Named in the configuration. */
  readonly listed: boolean;
}

/** The verb on a resource, or the `share` of the arguments with the upstream: one question each, one entry for all. */
export interface Facet {
  readonly facet: "act" | "disclose";
  readonly verb: Verb;
  readonly resource: Ref;
  readonly destination: Destination;
}

/** What is judged: made by the gate from what the client sent, before anything is asked. */
export interface Interaction {
  readonly id: EntryId;
  readonly via: Via;
  readonly point: PointId;
  /** Gapless for each point since its start. */
  readonly seq: number;
  readonly server: ServerId;
  readonly method: string;
  readonly name?: string;
  readonly verb: Verb;
  readonly impact: Impact;
  readonly facets: readonly Facet[];
  readonly who: Standing;
  readonly argsDigest: Commitment;
  readonly at: Instant;
}
