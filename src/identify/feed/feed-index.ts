// SPDX-License-Identifier: Apache-2.0
// The control feed as the hot path reads it: what is dead, and which orders bind, by scope.
import {
  type ControlEntry,
  type Effect,
  type Instant,
  type OrderId,
  type ScopeKey,
  stricterEffect,
} from "../../core/index.ts";

/** UNIT: ms. Kept beyond their end, in case the wall clock is set back. */
const KEPT_MS = 3_600_000;
/** Rows between two looks for what has ended. */
const SWEEP_EVERY = 4096;

export interface Verdict {
  readonly effect: Effect;
  readonly order?: OrderId;
}

const FREE: Verdict = { effect: "none" };

export class FeedIndex {
  /** What was issued in the scope up to `at` is dead. */
  private readonly kills = new Map<string, { readonly at: Instant; readonly exp: Instant | undefined }>();
  private readonly orders = new Map<string, Map<OrderId, Effect>>();
  private applied = 0;

  apply(row: ControlEntry): void {
    const key = keyOf(row);
    if (row.order === undefined ? row.effect !== "none" : row.effect === "isolate") this.kill(key, row);
    if (row.order !== undefined) this.bind(key, row.order, row.effect);
    this.applied += 1;
    if (this.applied % SWEEP_EVERY === 0) this.sweep(row.at);
  }

  /** The strictest over all scopes, on what was issued then. */
  effect(keys: readonly ScopeKey[], issued: Instant): Verdict {
    if (this.kills.size === 0 && this.orders.size === 0) return FREE;
    let verdict: Verdict = FREE;
    let isDead = false;
    for (const scope of keys) {
      const key = keyOf(scope);
      const kill = this.kills.get(key);
      isDead ||= kill !== undefined && issued <= kill.at;
      for (const [order, effect] of this.orders.get(key) ?? []) {
        if (effect !== verdict.effect && stricterEffect(effect, verdict.effect) === effect) verdict = { effect, order };
      }
    }
    // what is dead is dead; that an order holds it as well is worth knowing
    return isDead && verdict.effect !== "isolate" ? { effect: "isolate" } : verdict;
  }

  private kill(key: string, { at, exp }: ControlEntry): void {
    const before = this.kills.get(key);
    const latest = Math.max(at, before?.at ?? 0) === at ? at : (before?.at ?? at);
    const end = before !== undefined && (before.exp === undefined || exp === undefined) ? undefined : exp;
    this.kills.set(key, { at: latest, exp: end });
  }

  private bind(key: string, order: OrderId, effect: Effect): void {
    const orders = this.orders.get(key) ?? new Map<OrderId, Effect>();
    if (effect === "none") orders.delete(order);
    else orders.set(order, effect);
    if (orders.size === 0) this.orders.delete(key);
    else this.orders.set(key, orders);
  }

  private sweep(now: Instant): void {
    for (const [key, { exp }] of this.kills) if (exp !== undefined && exp + KEPT_MS < now) this.kills.delete(key);
  }
}

function keyOf({ kind, id }: ScopeKey): string {
  return `${kind} ${id}`;
}
