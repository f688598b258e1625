// SPDX-License-Identifier: Apache-2.0
// Orders as rows, parsed on the way in: a row is data from a disk.
import { z } from "zod";
import {
  instant,
  parseFindingId,
  parseIdentityId,
  parseOrderId,
  parsePointId,
  SCOPE_KINDS,
  type Store,
} from "../../core/index.ts";
import { RespondError } from "../errors.ts";
import { tables } from "../schema.ts";
import { ORDER_STATES, type Order } from "./order.ts";

const text = z.string();
const at = z.number().transform(instant);
const identity = text.transform(parseIdentityId);
const ack = z.object({
  point: text.transform(parsePointId),
  seq: z.int(),
  ms: z.number(),
  aborted: z.int(),
  bytesAfterOrder: z.int(),
  upstreamUnknown: z.int(),
  refusedProbe: z.boolean(),
  state: z.enum(["acked", "lost"]),
});
const ask = z.object({ by: identity, at, because: text, acr: z.enum(["phr", "phrh", "demo"]).exactOptional() });
const shape = z.object({
  id: text.transform(parseOrderId),
  effect: z.enum(["throttle", "challenge", "read-only", "isolate"]),
  scope: z.object({ kind: z.enum(SCOPE_KINDS), id: text }),
  because: text,
  finding: text.transform(parseFindingId).exactOptional(),
  rule: text.exactOptional(),
  by: z.array(z.union([z.literal("system"), identity])),
  automatic: z.boolean(),
  standing: z.boolean(),
  state: z.enum(ORDER_STATES),
  orderedAt: at,
  effectiveAt: at.exactOptional(),
  seq: z.int(),
  points: z.array(ack),
  triggerMs: z.number().exactOptional(),
  instances: z.array(text),
  asks: z.array(ask),
  releasedAt: at.exactOptional(),
  keys: z.array(text),
});

/** Released orders that are still shown. */
const RELEASED_MAX = 1000;

export class OrderRows {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Every order that binds, and the newest of those that do not; oldest first. @throws StoreError, RespondError */
  async load(): Promise<readonly Order[]> {
    const rows = await tables(this.store.read)
      .selectFrom("respond_order")
      .select(["order_json", "state"])
      .orderBy("ordered_at")
      .execute();
    const released = rows.filter(({ state }) => state === "released").length;
    let skip = Math.max(0, released - RELEASED_MAX);
    const kept = rows.filter(({ state }) => state !== "released" || skip-- <= 0);
    return kept.map(({ order_json: json }) => read(json));
  }

  /** Durable when it resolves. @throws StoreError */
  async save(order: Order): Promise<void> {
    const { recorded: _recorded, ...kept } = order;
    const row = { state: order.state, ordered_at: order.orderedAt, order_json: JSON.stringify(kept) };
    await this.store.tx("respond.order", (db) =>
      tables(db)
        .insertInto("respond_order")
        .values({ id: order.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row))
        .execute(),
    );
  }
}

/** What a row says is recorded: it is one. */
function read(json: string): Order {
  try {
    return { ...shape.parse(JSON.parse(json)), recorded: true };
  } catch (cause) {
    throw new RespondError("RESPOND_ROW_MALFORMED", "reading a row of respond_order", { cause });
  }
}
