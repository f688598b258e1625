// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type ApprovalId, type JsonObject, parseApprovalId, parseCommitment, RawNumber } from "../../core/index.ts";
import { attemptDraft } from "../../record/testing/drafts.ts";
import { tables } from "../schema.ts";
import { ANNA, BEN, CALL, decidedIn, itemFor, itemOf, OTHER_STEP, openWorld, type World } from "../testing/world.ts";

async function changeRow(world: World, change: { state?: string; item?: string; bound?: string }): Promise<void> {
  await world.store.tx("test", async (db) => {
    await tables(db).updateTable("respond_approval").set(change).execute();
  });
}

test("section 4: an open question survives a kill under its id, and can be answered", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  const before = world.approvals.read(id);
  await world.kill();
  expect(world.approvals.read(id)).toEqual(before);
  expect(await world.ask()).toBe(id);
  expect(await world.yes(id, ANNA)).toEqual({ state: "approved" });
});

test("section 4: an approval survives a kill, bound to the same call, and is used once", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  await world.kill();
  expect(world.covers()).toEqual([id]);
  expect(world.covers({ argsDigest: parseCommitment(`c1:${"b".repeat(43)}`) })).toEqual([]);
  expect(await world.spend(id)).toBe("first");
  expect(await world.spend(id)).toBe("taken");
});

test("E6: an approval that was used before a kill is used", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  await world.spend(id);
  await world.kill();
  expect(world.covers()).toEqual([]);
  expect(await world.spend(id)).toBe("taken");
});

test("E6: every entry that names an approval uses it up, an attempt too", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  await world.record.append({ ...attemptDraft(), uses: [{ scope: "approval", key: id }] });
  await world.kill();
  expect(await world.spend(id)).toBe("taken");
});

test("K1: a claim whose entry never came is spent while the process lives, and free after a kill", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  expect(await world.approvals.claim("approval", id, world.newEntryId())).toBe("first");
  expect(await world.spend(id)).toBe("taken");
  await world.kill();
  expect(await world.spend(id)).toBe("first");
});

test("E6: a yes whose entry was durable before the kill is a yes after it, though its row never was", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  world.disks.recordWaits = new Promise(() => undefined);
  void world.yes(id, ANNA);
  await expect.poll(async () => (await decidedIn(world)).length).toBe(1);
  world.disks.recordWaits = undefined;
  await world.kill();
  expect(world.approvals.read(id)).toMatchObject({ state: "approved", agreed: [ANNA] });
  expect(world.covers()).toEqual([id]);
});

test("R31: a no is kept by the row where its entry was lost", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  world.disks.recordFails = true;
  world.approvals.cancel(id, "contained");
  world.disks.recordFails = false;
  await world.approvals.open(itemFor({ step: OTHER_STEP })); // the store writes in order: after this the row is written
  await world.kill();
  expect(await decidedIn(world)).toMatchObject([{ outcome: "approved" }]);
  expect(world.approvals.read(id)).toMatchObject({ state: "cancelled", why: "contained" });
  expect(world.covers()).toEqual([]);
});

test("R31: a question whose time passed while the process was down has expired, and the record says so", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  const granted = await world.granted(itemFor({ step: OTHER_STEP }));
  world.clock.step(3_600_000);
  await world.kill();
  expect(world.approvals.read(id)?.state).toBe("expired");
  expect(world.approvals.read(granted)).toBeUndefined();
  expect(world.covers({ step: OTHER_STEP })).toEqual([]);
  expect(await decidedIn(world)).toMatchObject([{ outcome: "approved" }, { approval: id, outcome: "expired" }]);
});

test("R33: the first yes of two survives a kill, and a forged one does not", async () => {
  await using world = await openWorld();
  const id = await world.ask(itemOf(2));
  await world.yes(id, ANNA);
  const [row] = await tables(world.store.read).selectFrom("respond_approval").select("bound").execute();
  await world.kill();
  expect(world.approvals.read(id)).toMatchObject({ state: "pending", agreed: [ANNA] });
  await changeRow(world, { bound: row?.bound.replaceAll(ANNA, BEN) ?? "" });
  await world.kill();
  expect(world.approvals.read(id)).toMatchObject({ state: "pending", agreed: [] });
});

test("R33: a yes whose row names another key than the one that signed does not survive a kill", async () => {
  await using world = await openWorld();
  const id = await world.ask(itemOf(2));
  await world.yes(id, ANNA);
  const [row] = await tables(world.store.read).selectFrom("respond_approval").select("bound").execute();
  await changeRow(world, { bound: row?.bound.replace(/"key":"[^"]+"/, '"key":"AAAA"') ?? "" });
  await world.kill();
  expect(world.approvals.read(id)?.agreed).toEqual([]);
});

test("R33: a yes that a row has twice counts once", async () => {
  await using world = await openWorld();
  const id = await world.ask(itemOf(3));
  await world.yes(id, ANNA);
  const [row] = await tables(world.store.read).selectFrom("respond_approval").select("bound").execute();
  await changeRow(world, { bound: row?.bound.replace(/^\[(.*)\]$/, "[$1,$1]") ?? "" });
  await world.kill();
  expect(world.approvals.read(id)?.agreed).toHaveLength(2);
  expect(await world.yes(id, BEN)).toEqual({ state: "pending" });
  expect(world.covers()).toEqual([]);
});

test("R31: in the record a no stands over a yes that was written after it", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  world.approvals.refuse(id, BEN, "no");
  const [denied] = await decidedIn(world);
  const data = { ...(denied as JsonObject), outcome: "approved" };
  await world.record.append({ type: "event", name: "approval.decided", data });
  await changeRow(world, { state: "pending" });
  await world.kill();
  expect(world.approvals.read(id)?.state).toBe("denied");
});

test("E6: an entry that uses up another kind of thing of the same name uses up no approval", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  await world.record.append({ ...attemptDraft(), uses: [{ scope: "token", key: id }] });
  await world.kill();
  expect(world.covers()).toEqual([id]);
});

test("R30: a row that claims a yes which the record does not hold is void", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  await changeRow(world, { state: "approved" });
  await world.kill();
  expect(world.approvals.read(id)?.state).toBe("cancelled");
  expect(world.covers()).toEqual([]);
  expect(world.log.faults).toEqual([{ code: "RESPOND_APPROVAL_UNPROVED", fields: { approval: id } }]);
});

test("R30: a row that was changed to another call after the yes is void", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  const [row] = await tables(world.store.read).selectFrom("respond_approval").select("item").execute();
  await changeRow(world, { item: row?.item.replaceAll("2041", "2042") ?? "" });
  await world.kill();
  expect(world.approvals.read(id)?.state).toBe("cancelled");
  expect(world.covers({ resource: { type: "File", id: "files/payments/2042.json" } })).toEqual([]);
});

test("section 4: a row that nobody here wrote ends the start", async () => {
  await using world = await openWorld();
  await world.ask();
  await changeRow(world, { item: "{}" });
  await expect(world.kill()).rejects.toMatchObject({ code: "RESPOND_ROW_MALFORMED" });
  await changeRow(world, { state: "expired" });
});

test("R30: numbers that a double would change are bound as they were written, also after a kill", async () => {
  await using world = await openWorld();
  const amount = new RawNumber("20000000000000000001.50");
  const id = await world.ask({ ...itemFor({}), binds: { tool: "pay", amount } });
  const digest = world.approvals.read(id)?.digest;
  await world.kill();
  expect(world.approvals.read(id)?.digest).toBe(digest);
  expect(world.approvals.read(id)?.item.binds).toEqual({ tool: "pay", amount });
});

/** What happens to one approval, in any order. */
type Step = "spend" | "spend three at once" | "claim, then crash before the entry" | "kill" | "ask again and agree";

test("E6: no approval is ever spent more often than it may be, under concurrency and restarts", async () => {
  const step = fc.constantFrom<Step>(
    "spend",
    "spend three at once",
    "claim, then crash before the entry",
    "kill",
    "ask again and agree",
  );
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 8 }),
    fc.integer({ min: 1, max: 3 }),
    async (steps, uses) => {
      await using world = await openWorld();
      const item = itemOf(1, { uses });
      const asked = new Set<ApprovalId>();
      const spendAny = async (): Promise<void> => {
        const [id] = world.approvals.evidence(CALL);
        if (id !== undefined) await world.spend(id.id);
      };
      for (const what of ["ask again and agree", ...steps] as const) {
        if (what === "spend") await spendAny();
        if (what === "spend three at once") await Promise.all([spendAny(), spendAny(), spendAny()]);
        if (what === "claim, then crash before the entry") {
          const [evidence] = world.approvals.evidence(CALL);
          if (evidence !== undefined) await world.approvals.claim("approval", evidence.id, world.newEntryId());
          await world.kill();
        }
        if (what === "kill") await world.kill();
        if (what === "ask again and agree") {
          const id = await world.ask(item);
          asked.add(id);
          if (world.approvals.read(id)?.state === "pending") await world.yes(id, ANNA);
        }
      }
      const used = (await world.entries()).flatMap((entry) => usedBy(entry["uses"]));
      for (const id of asked) expect(used.filter((key) => key === id).length).toBeLessThanOrEqual(uses);
      expect(used.filter((key) => !asked.has(parseApprovalId(key)))).toEqual([]);
      // and what is left can still be used, to the last
      const left = [...asked].filter((id) => used.filter((key) => key === id).length < uses);
      for (const evidence of world.approvals.evidence(CALL)) expect(left).toContain(evidence.id);
    },
  );
  await fc.assert(property, { numRuns: 10 });
}, 20_000);

function usedBy(uses: unknown): readonly string[] {
  return Array.isArray(uses) ? uses.map(({ key }: { key: string }) => key) : [];
}
