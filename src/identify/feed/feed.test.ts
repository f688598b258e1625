// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type ControlDraft,
  type ControlEntry,
  type Effect,
  FEED_EFFECTS,
  FEED_START,
  feedHead,
  type Instant,
  instant,
  parseOrderId,
} from "../../core/index.ts";
import { tables } from "../schema.ts";
import { openWorld, type World } from "../testing/world.ts";
import { FeedIndex } from "./feed-index.ts";

const ROW: ControlDraft = { kind: "step", id: "s-1", effect: "isolate", why: "a test", synthetic: false };
const KEY = { kind: "step", id: "s-1" } as const;
const ORDERS = [1, 2].map((n) => parseOrderId(`01890000-0000-7000-8000-00000000000${n}`));

describe("the control feed", () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });
  const now = (): Instant => world.clock.now();

  it("I34: heads chain, over a restart too, and a changed row is noticed", async () => {
    const seen: ControlEntry[] = [];
    const { feed } = world.identify;
    feed.subscribe(0, (entry) => seen.push(entry));
    await feed.append([ROW, { ...ROW, id: "s-2", exp: instant(now() + 1000) }]).durable;
    await feed.append([{ ...ROW, id: "s-3" }]).durable;
    let head = FEED_START;
    for (const { head: own, ...row } of seen) {
      head = feedHead(head, row);
      expect(own).toBe(head);
    }
    expect(feed.head()).toEqual({ seq: 3, head });
    const again = await world.restart();
    expect([again.feed.head(), again.feed.fresh(), again.feed.seq()]).toEqual([{ seq: 3, head }, true, 3]);
    const late: number[] = [];
    again.feed.subscribe(1, ({ seq }) => late.push(seq));
    expect(late).toEqual([2, 3]);
    await world.store.tx("forge", (db) =>
      tables(db).updateTable("id_feed").set({ id: "s-9" }).where("seq", "=", 2).execute(),
    );
    await expect(world.restart()).rejects.toThrow("row 2 does not follow");
  });
  it("I37: a restriction binds in the same tick; what could not be stored goes with the next", async () => {
    const { feed } = world.identify;
    const tx = world.store.tx.bind(world.store);
    world.store.tx = () => Promise.reject(new Error("the disk is gone"));
    const { durable } = feed.append([ROW]);
    expect(feed.effect([KEY], now()).effect).toBe("isolate");
    await expect(durable).rejects.toThrow("the disk is gone");
    world.store.tx = tx;
    expect(feed.effect([KEY], now()).effect).toBe("isolate");
    await feed.append([{ ...ROW, id: "s-2" }]).durable;
    expect((await world.restart()).feed.effect([KEY], now()).effect).toBe("isolate");
  });
  it("I35: a row without an order kills what was there, and nothing later", async () => {
    const { feed } = world.identify;
    await feed.append([ROW]).durable;
    expect(feed.effect([KEY], now()).effect).toBe("isolate");
    expect(feed.effect([KEY], instant(now() + 1)).effect).toBe("none");
    expect(feed.effect([{ kind: "mandate", id: "s-1" }], now()).effect).toBe("none");
  });
  it("a listener that fails keeps the row from nobody", async () => {
    const seen: number[] = [];
    const { feed } = world.identify;
    feed.subscribe(0, () => {
      throw new Error("not today");
    });
    const stop = feed.subscribe(0, ({ seq }) => seen.push(seq));
    await feed.append([ROW]).durable;
    stop();
    await feed.append([{ ...ROW, id: "s-2" }]).durable;
    expect([seen, world.log.faults.length]).toEqual([[1], 2]);
  });
});

it("I35: whatever rows come, the index says what a look through all of them says", () => {
  const row = fc.record({
    kind: fc.constantFrom("step" as const, "identity" as const),
    id: fc.constantFrom("a", "b"),
    effect: fc.constantFrom(...FEED_EFFECTS),
    order: fc.option(fc.constantFrom(...ORDERS), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), fc.nat(14), (rows, issued) => {
      const index = new FeedIndex();
      const all = rows.map(({ order, ...rest }, i): ControlEntry => {
        const place = { seq: i + 1, at: instant(i), why: "x", synthetic: false, head: FEED_START };
        return { ...rest, ...place, ...(order === undefined ? {} : { order }) };
      });
      for (const entry of all) index.apply(entry);
      const keys = [
        { kind: "step", id: "a" },
        { kind: "identity", id: "b" },
      ] as const;
      const { effect } = index.effect(keys, instant(issued));
      expect(effect).toBe(slowEffect(all, keys, issued));
    }),
    { numRuns: 2000 },
  );
});

function slowEffect(
  rows: readonly ControlEntry[],
  keys: readonly { kind: string; id: string }[],
  issued: number,
): Effect {
  const matching = rows.filter((row) => keys.some((key) => key.kind === row.kind && key.id === row.id));
  const kills = matching.some((row) => {
    const isKill = row.order === undefined ? row.effect !== "none" : row.effect === "isolate";
    return isKill && issued <= row.at;
  });
  if (kills) return "isolate";
  const binding = matching.filter((row, i) => {
    const later = matching.slice(i + 1);
    const isReplaced = later.some(
      (other) => other.order === row.order && other.kind === row.kind && other.id === row.id,
    );
    return row.order !== undefined && !isReplaced;
  });
  return FEED_EFFECTS.findLast((effect) => binding.some((row) => row.effect === effect)) ?? "none";
}
