// SPDX-License-Identifier: Apache-2.0
// What is in flight, by every scope that it has (respond R8): an order walks only its own key, and knows when what it ended is
// over, so that nothing is called stopped before it has stopped.
import {
  type Effect,
  type EntryId,
  type Flight,
  type FlightFacts,
  type InFlight,
  type OrderId,
  type ScopeKey,
} from "../../core/index.ts";

/** What an order did to what was in flight. */
export interface Cut {
  readonly aborted: number;
  /** Resolves once all of it is over. */
  readonly over: Promise<void>;
  /** UNIT: bytes sent to a client after it was cut. */
  bytesAfter(): number;
  /** Effects that are not over yet. */
  unknown(): number;
}

export class Flights implements InFlight {
  private readonly byKey = new Map<string, Set<Flown>>();
  private readonly byId = new Map<EntryId, Flown>();

  enter(keys: readonly ScopeKey[], abort: AbortController, has: FlightFacts): Flight {
    const flown = new Flown(abort, has, () => this.remove(keys, flown));
    for (const key of keys) {
      const same = this.byKey.get(textOf(key));
      if (same === undefined) this.byKey.set(textOf(key), new Set([flown]));
      else same.add(flown);
    }
    this.byId.set(has.id, flown);
    return flown;
  }

  /** Interactions in flight now. */
  get size(): number {
    return this.byId.size;
  }

  /** When the interaction of this entry arrived, by the monotonic clock, while it is in flight. */
  arrived(id: EntryId): number | undefined {
    return this.byId.get(id)?.has.arrived;
  }

  /** Ends what an effect forbids under a scope. */
  cut(scope: ScopeKey, order: OrderId, effect: Effect): Cut {
    const found = [...(this.byKey.get(textOf(scope)) ?? [])];
    const cut = found.filter((flown) => effect === "isolate" || (effect === "read-only" && flown.has.effect));
    for (const flown of cut) flown.end(order);
    return {
      aborted: cut.length,
      over: Promise.all(cut.map((flown) => flown.over)).then(() => undefined),
      bytesAfter: () => cut.reduce((sum, flown) => sum + flown.bytesAfter, 0),
      unknown: () => cut.filter((flown) => flown.has.effect && !flown.isOver).length,
    };
  }

  private remove(keys: readonly ScopeKey[], flown: Flown): void {
    for (const key of keys) {
      const same = this.byKey.get(textOf(key));
      same?.delete(flown);
      if (same?.size === 0) this.byKey.delete(textOf(key));
    }
    this.byId.delete(flown.has.id);
  }
}

class Flown implements Flight {
  readonly has: FlightFacts;
  readonly over: Promise<void>;
  cut: OrderId | undefined;
  bytesAfter = 0;
  isOver = false;
  private readonly abort: AbortController;
  private readonly done: () => void;
  private readonly remove: () => void;

  constructor(abort: AbortController, has: FlightFacts, remove: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.abort = abort;
    this.has = has;
    this.remove = remove;
    this.over = promise;
    this.done = resolve;
  }

  sent(bytes: number): void {
    if (this.cut !== undefined) this.bytesAfter += bytes;
  }

  leave(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.remove();
    this.done();
  }

  end(order: OrderId): void {
    this.cut ??= order;
    this.abort.abort();
  }
}

function textOf({ kind, id }: ScopeKey): string {
  return `${kind} ${id}`;
}
