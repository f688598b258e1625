// SPDX-License-Identifier: Apache-2.0
// What an order is: an effect on a scope, until people end it.
import {
  type Effect,
  type FindingId,
  type IdentityId,
  type Instant,
  type OrderId,
  type PointId,
  parseIdentityId,
  type ScopeKey,
} from "../../core/index.ts";

export type OrderEffect = Exclude<Effect, "none">;

/** A person, or `system` for what a rule ordered. */
export type By = IdentityId | "system";

/** `effective`: every point acknowledged it and refused a try. `releasing`: people agreed, and the disk did not take it yet. */
export const ORDER_STATES = ["ordered", "effective", "partial", "releasing", "released"] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** What one enforcement point said (respond R16). */
export interface PointAck {
  readonly point: PointId;
  /** Of the feed, that it has applied. */
  readonly seq: number;
  /** UNIT: ms, from the order to this, by one monotonic clock: an upper bound (respond R18). */
  readonly ms: number;
  /** Interactions that were in flight and were ended. */
  readonly aborted: number;
  /** UNIT: bytes that a contained client was sent after the order. */
  readonly bytesAfterOrder: number;
  /** Effects that were under way and did not end in time: what they did is unknown. */
  readonly upstreamUnknown: number;
  readonly refusedProbe: boolean;
  readonly state: "acked" | "lost";
}

/** Somebody who asked for a release. */
export interface ReleaseAsk {
  readonly by: IdentityId;
  readonly at: Instant;
  readonly because: string;
  /** How it was signed; absent where it was not. */
  readonly acr?: "phr" | "phrh" | "demo";
}

export interface Order {
  readonly id: OrderId;
  readonly effect: OrderEffect;
  readonly scope: ScopeKey;
  readonly because: string;
  readonly finding?: FindingId;
  /** The rule that ordered it. */
  readonly rule?: string;
  /** Everybody who ordered it: the same order twice is one order with two names. */
  readonly by: readonly By[];
  readonly automatic: boolean;
  /** Nothing of that name is known: it binds from the first sight on, or it is a slip of the pen. */
  readonly standing: boolean;
  readonly state: OrderState;
  readonly orderedAt: Instant;
  readonly effectiveAt?: Instant;
  readonly seq: number;
  readonly points: readonly PointAck[];
  /** False while record or store have not taken it; the restriction stands all the same (respond R13). */
  readonly recorded: boolean;
  /** UNIT: ms, from the arrival of the call that caused it to the first refused try. */
  readonly triggerMs?: number;
  /** Running copies that were active when it was ordered: they are replaced before it is lifted (respond R41). */
  readonly instances: readonly string[];
  readonly asks: readonly ReleaseAsk[];
  readonly releasedAt?: Instant;
  /** Keys under which callers asked for it, so that a lost answer can be asked again. */
  readonly keys: readonly string[];
}

export interface OrderRequest {
  readonly effect: OrderEffect;
  readonly scope: ScopeKey;
  readonly because: string;
  readonly finding?: FindingId;
  readonly rule?: string;
}

/** An order that binds now. */
export function isActive({ state }: Order): boolean {
  return state !== "released";
}

/** A scope that is one identity of the registry, by a well-formed id. */
export function isIdentity(
  scope: ScopeKey,
): scope is ScopeKey & { readonly kind: "identity"; readonly id: IdentityId } {
  return scope.kind === "identity" && isIdentityId(scope.id);
}

function isIdentityId(text: string): text is IdentityId {
  try {
    parseIdentityId(text);
    return true;
  } catch {
    return false; // not one: the scope stands for nobody that is registered
  }
}
