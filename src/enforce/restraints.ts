// SPDX-License-Identifier: Apache-2.0
// What orders forbid at this gate (respond R6, R7): one look at the feed's index, the same for a call, before it goes up,
// before its answer leaves, and for whoever asks whether this gate refuses.
import {
  type Clock,
  type Effect,
  type FeedView,
  isEffect,
  type OrderId,
  ownScopes,
  type Refusal,
  type ScopeKey,
  type Standing,
  type ToolManifest,
  type Verb,
} from "../core/index.ts";
import type { UpstreamServer } from "./upstream-server.ts";

/** UNIT: ms. A throttled scope has one call in this time (respond R6). */
export const THROTTLE_MS = 10_000;
/** Orders whose last call is remembered. */
const THROTTLED_MAX = 10_000;

export type Contained = Pick<Refusal, "code" | "why" | "order">;

/** What a call is, as far as orders care. */
export interface Doing {
  readonly verb: Verb;
  /** Where its arguments go. */
  readonly destination: UpstreamServer["destination"]["kind"];
  /** People agreed to exactly this call. */
  readonly approved: boolean;
}

/** Every scope that a call falls under. */
export function keysOf(
  standing: Standing,
  server: UpstreamServer,
  tool: ToolManifest | undefined,
): readonly ScopeKey[] {
  const called = { kind: "server", id: server.id } as const;
  if (tool === undefined) return [...standing.scopes, called];
  return [...standing.scopes, called, { kind: "tool", id: `${server.id}/${tool.tool}` }];
}

export class Restraints {
  private readonly feed: FeedView;
  private readonly clock: Clock;
  /** When the last call of a throttled scope was let through, by order. */
  private readonly last = new Map<OrderId | "none", number>();

  constructor(feed: FeedView, clock: Clock) {
    this.feed = feed;
    this.clock = clock;
  }

  /** Why this may not be done now, for what was issued then; `undefined` where no order says no. */
  refusalOf(keys: readonly ScopeKey[], issued: Standing["token"]["issued"], doing: Doing): Contained | undefined {
    const { effect, order } = this.feed.effect(keys, issued);
    // what was killed without an order is a credential that ended: its own refusal says so
    if (effect === "isolate" && order === undefined) return undefined;
    if (!isForbidden(effect, doing)) return undefined;
    // an order on a tool or on everybody is nothing that this caller goes on against: it is not named as one it evades
    const own = this.feed.effect(ownScopes(keys), issued);
    const why = order === undefined ? effect : `${effect} by order ${order}`;
    const isOwn = own.order !== undefined && isForbidden(own.effect, doing);
    return { code: "contained", why, ...(isOwn ? { order: own.order } : {}) };
  }

  /** One call in ten seconds for each order that slows its scope; asking counts as the call. */
  slowed(keys: readonly ScopeKey[], issued: Standing["token"]["issued"]): Contained | undefined {
    const { effect, order = "none" } = this.feed.effect(keys, issued);
    if (effect !== "throttle") return undefined;
    const now = this.clock.monotonic();
    const last = this.last.get(order);
    if (last !== undefined && now - last < THROTTLE_MS) return { code: "busy", why: `slowed by order ${order}` };
    this.last.delete(order);
    this.last.set(order, now);
    const [oldest] = this.last.keys();
    if (this.last.size > THROTTLED_MAX && oldest !== undefined) this.last.delete(oldest);
    return undefined;
  }

  /** Whether a caller in this scope, with a credential of now, would be refused what the effect forbids. */
  probe(scope: ScopeKey, effect: Effect): boolean {
    const now = this.clock.now();
    if (effect === "none") return false;
    if (effect === "throttle") return this.feed.effect([scope], now).effect !== "none";
    const verb = effect === "isolate" ? "view" : "execute";
    return this.refusalOf([scope], now, { verb, destination: "internal", approved: false }) !== undefined;
  }
}

function isForbidden(effect: Effect, { verb, destination, approved }: Doing): boolean {
  switch (effect) {
    case "isolate":
      return true;
    case "read-only":
      return isEffect(verb) || destination !== "internal";
    case "challenge":
      return isEffect(verb) && !approved;
    case "throttle":
    case "none":
      return false;
    default:
      return true; // what this gate does not know it refuses (core K5)
  }
}
