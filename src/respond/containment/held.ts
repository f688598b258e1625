// SPDX-License-Identifier: Apache-2.0
// One order in memory, and how it gets to the disks: feed, identities, row, entries, in this order, one try after the other.
// Nothing here decides whether the order binds; it does from the moment it was given (respond R13).
import type { ControlFeed, EventDraft, Log, Recorder } from "../../core/index.ts";
import { isIdentity, type Order } from "./order.ts";
import type { OrderRows } from "./order-rows.ts";
import type { ContainedIdentities } from "./surface.ts";

export interface HeldPorts {
  readonly feed: ControlFeed;
  readonly recorder: Recorder;
  readonly rows: OrderRows;
  readonly identities: ContainedIdentities;
  readonly log: Log;
  /** Told in the tick in which it changes. */
  readonly changed: (order: Order) => void;
}

export class Held {
  private readonly ports: HeldPorts;
  private current: Order;
  /** Entries that the record has not taken yet, oldest first. */
  private pending: EventDraft[] = [];
  private durable: Promise<void> | undefined;
  private isolated = true;
  private writing: Promise<void> = Promise.resolve();

  constructor(ports: HeldPorts, order: Order) {
    this.ports = ports;
    this.current = order;
  }

  get order(): Order {
    return this.current;
  }

  change(change: Partial<Order>): Order {
    this.current = { ...this.current, ...change };
    this.ports.changed(this.current);
    return this.current;
  }

  /** What the feed promised when the order was bound. */
  bound(durable: Promise<void>): void {
    durable.catch(() => undefined); // looked at by write
    this.durable = durable;
    this.isolated = !(this.current.effect === "isolate" && isIdentity(this.current.scope));
  }

  tell(entry: EventDraft): void {
    this.pending.push(entry);
  }

  /** One try to bring every disk level; `recorded` says how it went. Never rejects. */
  write(): Promise<void> {
    this.writing = this.writing.then(() => this.tryWrite());
    return this.writing;
  }

  private async tryWrite(): Promise<void> {
    try {
      await this.storeFeed();
      await this.isolate();
      await this.ports.rows.save(this.current);
      for (let [entry] = this.pending; entry !== undefined; [entry] = this.pending) {
        await this.ports.recorder.append(entry);
        this.pending.shift();
      }
      this.change({ recorded: true });
    } catch (cause) {
      this.change({ recorded: false });
      this.ports.log.fault("RESPOND_ORDER_NOT_RECORDED", { order: this.current.id, why: messageOf(cause) });
    }
  }

  private async storeFeed(): Promise<void> {
    const { durable } = this;
    if (durable === undefined) return;
    try {
      await durable;
    } catch {
      // the rows are bound and wait in the feed: they go with the next ones, of which there need be none
      await this.ports.feed.append([]).durable;
    }
    this.durable = undefined;
  }

  private async isolate(): Promise<void> {
    const { scope, because, by } = this.current;
    if (this.isolated || !isIdentity(scope)) return;
    const [first = "system"] = by;
    if (this.ports.identities.knows(scope)) {
      const refused = await this.ports.identities.isolate(scope.id, { by: first, because });
      if (refused !== undefined) this.ports.log.fault("RESPOND_NOT_ISOLATED", { order: this.current.id, why: refused });
    }
    this.isolated = true;
  }
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "unknown";
}
