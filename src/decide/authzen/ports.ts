// SPDX-License-Identifier: Apache-2.0
// Who may ask, and what the handlers need of the rest.
import type { KeyObject } from "node:crypto";
import type { Bytes, Decider, Decision, DomainId, Instant, PointId, Question } from "../../core/index.ts";
import type { Schema } from "../cedar/schema.ts";
import type { PolicyControl } from "../decider.ts";
import type { Residents } from "../residents.ts";

/** A policy enforcement point of somebody else, proven by whoever mounts the handlers. */
export interface Peer {
  readonly id: PointId;
  /** Our entity type for each type name that it uses otherwise. */
  readonly types: ReadonlyMap<string, string>;
  /** Duties that it carries out when it is told to. */
  readonly obligations: ReadonlySet<string>;
  /** Searching enumerates, so it is a right of its own. */
  readonly maySearch: boolean;
  /** `decide.explain`: sees which policies decided. */
  readonly mayExplain: boolean;
}

/** One policy domain, as it is asked from outside. */
export interface AuthzenDomain {
  readonly id: DomainId;
  readonly residents: Residents;
  /** Of the set in force; none before a set is. */
  schema(): Schema | undefined;
}

export interface AuthzenPorts {
  readonly decider: Decider & Pick<PolicyControl, "clauses">;
  readonly now: () => Instant;
  /** Makes page tokens ours. */
  readonly pageKey: KeyObject;
}

/** What came in; the caller is already proven. */
export interface AuthzenRequest {
  readonly method: string;
  readonly contentType: string | undefined;
  readonly body: Bytes;
}

export interface AuthzenResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Everything that was decided for it: to be recorded before the response leaves. */
  readonly decided: readonly Decided[];
}

export interface Decided {
  readonly question: Question;
  readonly decision: Decision;
  readonly ignored: readonly string[];
}
