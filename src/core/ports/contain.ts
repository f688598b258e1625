// SPDX-License-Identifier: Apache-2.0
// Between who orders a containment and who carries it out: what is in flight, and the points that say when it holds.
import type { Effect, ScopeKey } from "../feed.ts";
import type { EntryId, OrderId, PointId } from "../ids.ts";

/** One interaction on its way. */
export interface Flight {
  /** The order that cut it; absent while none did. */
  readonly cut: OrderId | undefined;
  /** Counts bytes that went to the client: after a cut there should be none, and the number says so. */
  sent(bytes: number): void;
  /** It is over, whatever became of it. */
  leave(): void;
}

/** What an interaction says of itself when it begins. */
export interface FlightFacts {
  /** Of its entry. */
  readonly id: EntryId;
  /** Whether it does more than read. */
  readonly effect: boolean;
  /** When its first byte was looked at, by the monotonic clock. */
  readonly arrived: number;
}

/** What is in flight under each scope (respond R8). Synchronous, from memory, never throws. */
export interface InFlight {
  enter(keys: readonly ScopeKey[], abort: AbortController, facts: FlightFacts): Flight;
}

/** The places where interactions are refused. */
export interface Points {
  list(): readonly PointId[];
  /** Tries what the order forbids, as a caller in that scope would: true where this point refused it (respond R16). */
  probe(point: PointId, scope: ScopeKey, effect: Effect): Promise<boolean>;
}
