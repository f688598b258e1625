// SPDX-License-Identifier: Apache-2.0
// What every enforcement point says of an order: that it refused a try, and that what was in flight is over. Nothing is called
// effective before that (respond R16), and times are of one monotonic clock (R18).
import type { Clock, PointId, Points, Timers } from "../../core/index.ts";
import type { Held } from "./held.ts";
import { messageOf } from "./held.ts";
import type { Cut, Flights } from "./in-flight.ts";
import type { PointAck } from "./order.ts";
import { orderEntry } from "./order-entry.ts";

export interface AckPorts {
  readonly points: Points;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: { fault(code: string, fields: Readonly<Record<string, string>>): void };
}

/** UNIT: ms. How long an upstream has to let go; then what it did is unknown, and listed. */
export const LET_GO_MS = 250;

interface Times {
  /** When the order was given. */
  readonly started: number;
  /** When the call that caused it arrived; absent where none did. */
  readonly arrived: number | undefined;
}

export class Acknowledgements {
  private readonly ports: AckPorts;
  private readonly flights: Flights;

  constructor(ports: AckPorts, flights: Flights) {
    this.ports = ports;
    this.flights = flights;
  }

  /** The first answers to an order that was just given. Never rejects. */
  async first(held: Held, cut: Cut, times: Times): Promise<void> {
    const points = this.ports.points.list();
    const probes = points.map((point) => this.probe(held, point));
    const acks = await Promise.all(points.map((point, i) => this.ack(held, { point, probe: probes[i], cut, times })));
    this.close(held, acks);
  }

  /** Asks again, where a point did not answer as it should. Never rejects. */
  settle(held: Held): Promise<void> {
    const { id, scope, effect } = held.order;
    const cut = this.flights.cut(scope, id, effect);
    return this.first(held, cut, { started: this.ports.clock.monotonic(), arrived: undefined });
  }

  private async ack(held: Held, given: Given): Promise<PointAck> {
    const { point, probe, cut, times } = given;
    const refusedProbe = (await probe) === true;
    if (refusedProbe && times.arrived !== undefined && held.order.triggerMs === undefined)
      held.change({ triggerMs: this.ports.clock.monotonic() - times.arrived });
    await this.wait(cut.over);
    return {
      point,
      seq: held.order.seq,
      ms: this.ports.clock.monotonic() - times.started,
      aborted: cut.aborted,
      bytesAfterOrder: cut.bytesAfter(),
      upstreamUnknown: cut.unknown(),
      refusedProbe,
      state: refusedProbe ? "acked" : "lost",
    };
  }

  private async probe(held: Held, point: PointId): Promise<boolean> {
    try {
      return await this.ports.points.probe(point, held.order.scope, held.order.effect);
    } catch (cause) {
      this.ports.log.fault("RESPOND_POINT_SILENT", { point, why: messageOf(cause) });
      return false;
    }
  }

  private close(held: Held, points: readonly PointAck[]): void {
    if (held.order.state === "releasing" || held.order.state === "released") return; // ended meanwhile
    const isEffective = points.length > 0 && points.every(({ state }) => state === "acked");
    const before = held.order.state;
    const state = isEffective ? "effective" : "partial";
    held.change({ points, state, ...(isEffective ? { effectiveAt: this.ports.clock.now() } : {}) });
    if (state !== before) held.tell(orderEntry("identity.contained", held.order, held.order.by.at(-1) ?? "system"));
  }

  private wait(over: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.ports.timers.after(LET_GO_MS, resolve);
    void over.then(() => {
      stop();
      resolve();
      return undefined;
    });
    return promise;
  }
}

interface Given {
  readonly point: PointId;
  readonly probe: Promise<boolean> | undefined;
  readonly cut: Cut;
  readonly times: Times;
}
