// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instant, parseIdentityId, parseInstanceId } from "../core/index.ts";
import type { AgentInput } from "./registry-rules.ts";
import { LIFE_MAX_MS } from "./registry-rules.ts";
import { tables } from "./schema.ts";
import { ANY_TEXT } from "./testing/any.ts";
import { testKey } from "./testing/jwt.ts";
import { ACT, done, openWorld, tokenFor, type World } from "./testing/world.ts";

const broken = (): Promise<never> => Promise.reject(new Error("the store is down"));

describe("the registry", () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });
  const registry = () => world.identify.registry;
  const agent = (change: Partial<AgentInput> = {}): AgentInput => ({
    name: "second",
    sponsor: world.owner,
    purpose: "tests",
    environment: "test",
    jurisdiction: "US-CA",
    expires: instant(world.clock.now() + 1000),
    ...change,
  });
  const names = () => world.recorder.entries.map((e) => ("name" in e.draft ? e.draft.name : e.draft.type));

  it("I1: a person's id says nothing about the person, and the name is in one erasable row", async () => {
    expect(world.owner).toMatch(/^spiffe:\/\/gate\.example\/human\/[A-Za-z0-9_-]{22}$/);
    const db = tables(world.store.read);
    expect(await db.selectFrom("id_person").select("name").execute()).toEqual([{ name: "Ada Lovelace" }]);
    const rest = JSON.stringify([await db.selectFrom("id_identity").selectAll().execute(), registry().list()]);
    expect(rest).not.toContain("Ada");
  });
  it("I1: an entry of a person holds the id and no name", async () => {
    const { id } = done(
      await registry().registerHuman({ name: "Grace Hopper", environment: "test", jurisdiction: "US" }, ACT),
    );
    expect(world.recorder.entries[0]?.draft).toMatchObject({
      type: "admin",
      name: "identity.registered",
      data: { id, kind: "human" },
    });
    expect(JSON.stringify(world.recorder.entries)).not.toContain("Grace");
  });
  it("I2: an agent has a sponsor, a purpose, a place and an end, and one entry tells of it", async () => {
    const made = done(await registry().registerAgent(agent(), ACT));
    expect(registry().get(made.id)).toEqual(made);
    expect(made).toMatchObject({ kind: "agent", sponsor: world.owner, status: "active", synthetic: false, v: 1 });
    expect(names()).toEqual(["identity.registered"]);
  });
  it.each([
    ["a purpose", { purpose: " " }, "invalid"],
    ["a name of plain segments", { name: "a/b" }, "invalid"],
    ["a name that is no dot", { name: ".." }, "invalid"],
    ["a jurisdiction", { jurisdiction: "Germany" }, "invalid"],
    ["an environment", { environment: "" }, "invalid"],
    ["an end that is ahead", { expires: instant(1) }, "invalid"],
    ["a registered blueprint", { blueprint: { id: "none", version: 1 } }, "unknown"],
    ["a version that exists", { blueprint: { id: "reader", version: 2 } }, "unknown"],
    ["a sponsor that exists", { sponsor: parseIdentityId("spiffe://gate.example/human/nobody") }, "sponsor_unfit"],
    ["a name that was never used", { name: "reader" }, "exists"],
  ] as const)("I2: an agent needs %s; without it nothing is stored", async (_what, change, code) => {
    const outcome = await registry().registerAgent(agent(change), ACT);
    expect(outcome).toMatchObject({ no: code });
    expect([registry().list().length, names()]).toEqual([2, []]);
  });
  it("I2: an agent ends within 365 days", async () => {
    const limit = world.clock.now() + LIFE_MAX_MS;
    expect(await registry().registerAgent(agent({ expires: instant(limit + 1) }), ACT)).toMatchObject({
      no: "invalid",
    });
    expect(await registry().registerAgent(agent({ expires: instant(limit) }), ACT)).toHaveProperty("done");
  });
  it("I2: an agent sponsors nobody", async () => {
    expect(await registry().registerAgent(agent({ sponsor: world.agent.id }), ACT)).toMatchObject({
      no: "sponsor_unfit",
    });
  });
  it("I2: a change says why", async () => {
    for (const because of ["", " ", "x".repeat(513)]) {
      expect(await registry().suspend(world.agent.id, { by: world.owner, because })).toMatchObject({ no: "invalid" });
    }
    expect(registry().get(world.agent.id)?.status).toBe("active");
  });
  it("I6: a blueprint's next version is a new row", async () => {
    const second = done(await registry().registerBlueprint({ id: "reader", describes: "reads more" }, ACT));
    expect(second).toEqual({ id: "reader", version: 2 });
    expect(await registry().registerAgent(agent({ blueprint: second }), ACT)).toHaveProperty("done");
  });
  it("I15: one key, one instance", async () => {
    const again = { identity: world.agent.id, jwk: world.key.jwk };
    expect(await registry().registerInstance(again, ACT)).toMatchObject({ no: "key_in_use" });
    expect(await registry().registerInstance({ ...again, name: "one", jwk: testKey().jwk }, ACT)).toMatchObject({
      no: "exists",
    });
    expect(await registry().registerInstance({ ...again, jwk: { ...testKey().jwk, d: "x" } }, ACT)).toMatchObject({
      no: "invalid",
    });
    expect(await registry().registerInstance({ ...again, jwk: testKey("EdDSA").jwk }, ACT)).toHaveProperty("done");
  });
  it("I15: people have no instances", async () => {
    const instance = { identity: world.owner, jwk: testKey().jwk };
    expect(await registry().registerInstance(instance, ACT)).toMatchObject({ no: "invalid" });
  });
  it("I3: suspended, resumed by another person, retired for ever; each move is one entry", async () => {
    const { id } = world.agent;
    const grace = done(
      await registry().registerHuman({ name: "Grace", environment: "test", jurisdiction: "US" }, ACT),
    ).id;
    world.recorder.entries.length = 0;
    const by = (person: typeof grace) => ({ by: person, because: "a test" });
    expect(await registry().suspend(id, by(world.owner))).toMatchObject({ done: { status: "suspended", v: 2 } });
    expect(await registry().suspend(id, by(world.owner))).toMatchObject({ no: "move_refused" });
    expect(await registry().resume(id, by(world.owner))).toMatchObject({ no: "move_refused" });
    expect(await registry().resume(id, by(grace))).toMatchObject({ done: { status: "active", v: 3 } });
    expect(await registry().resume(id, by(grace))).toMatchObject({ no: "move_refused" });
    expect(await registry().retire(id, by(grace))).toMatchObject({ done: { status: "retired", v: 4 } });
    expect(await registry().resume(id, by(grace))).toMatchObject({ no: "move_refused" });
    expect(await registry().registerAgent(agent({ name: "reader" }), ACT)).toMatchObject({ no: "exists" });
    const moves = world.recorder.entries.map((e) => ("data" in e.draft ? e.draft.data : {}));
    expect(moves).toMatchObject([
      { id, from: "active", to: "suspended", v: 2 },
      { id, from: "suspended", to: "active", v: 3 },
      { id, from: "active", to: "retired", v: 4 },
    ]);
  });
  it("I5: nobody gets an instance or comes back under a sponsor who is not active", async () => {
    await registry().suspend(world.agent.id, ACT);
    await registry().suspend(world.owner, ACT);
    expect(await registry().resume(world.agent.id, ACT)).toMatchObject({ no: "sponsor_unfit" });
    await registry().resume(world.owner, ACT);
    expect(await registry().resume(world.agent.id, ACT)).toHaveProperty("done");
    await registry().suspend(world.owner, ACT);
    const instance = { identity: world.agent.id, jwk: testKey().jwk };
    expect(await registry().registerInstance(instance, ACT)).toMatchObject({ no: "sponsor_unfit" });
  });
  it("I3: suspending acts in memory before anything is written", async () => {
    const suspended = registry().suspend(world.agent.id, ACT);
    expect(registry().get(world.agent.id)?.status).toBe("suspended");
    await suspended;
  });
  it("I3: an instance is retired in memory before anything is written, and for ever", async () => {
    const retired = registry().retireInstance(world.instance.id, ACT);
    expect(registry().instance(world.instance.id)?.status).toBe("retired");
    await retired;
    expect(await registry().retireInstance(world.instance.id, ACT)).toMatchObject({ no: "move_refused" });
    expect(await registry().retireInstance(parseInstanceId(`${world.agent.id}/none`), ACT)).toMatchObject({
      no: "unknown",
    });
    const again = await world.restart();
    expect(again.registry.instance(world.instance.id)?.status).toBe("retired");
  });
  it("I37: a suspension that the record refuses acts all the same, and its entry comes later", async () => {
    world.recorder.fails = true;
    await expect(registry().suspend(world.agent.id, ACT)).rejects.toThrow("the disk is full");
    expect(registry().get(world.agent.id)?.status).toBe("suspended");
    world.recorder.fails = false;
    expect(await registry().resume(world.agent.id, ACT)).toHaveProperty("done");
    expect(world.recorder.entries.map((e) => ("data" in e.draft ? e.draft.data : {}))).toMatchObject([
      { from: "active", to: "suspended" },
      { from: "suspended", to: "active" },
    ]);
  });
  it("I37: a suspension that the store refuses acts all the same, can be stored later, or resumed", async () => {
    const tx = world.store.tx.bind(world.store);
    for (const next of ["suspend", "resume"] as const) {
      Object.assign(world.store, { tx: broken });
      await expect(registry().suspend(world.agent.id, ACT)).rejects.toThrow("the store is down");
      await expect(registry().retireInstance(world.instance.id, ACT)).rejects.toThrow("the store is down");
      expect(registry().get(world.agent.id)?.status).toBe("suspended");
      Object.assign(world.store, { tx });
      expect(await registry()[next](world.agent.id, ACT)).toHaveProperty("done");
      if (next === "suspend") await registry().resume(world.agent.id, ACT);
    }
    expect(registry().get(world.agent.id)?.status).toBe("active");
    expect(registry().instance(world.instance.id)?.status).toBe("retired");
    expect(await registry().retireInstance(world.instance.id, ACT)).toHaveProperty("done");
  });
  it("L15: what loosens is not in effect before its entry is durable", async () => {
    world.recorder.fails = true;
    await expect(registry().registerAgent(agent(), ACT)).rejects.toThrow("the disk is full");
    const id = parseIdentityId("spiffe://gate.example/agent/second");
    expect(registry().get(id)).toBeUndefined();
    await expect(registry().registerAgent(agent({ name: "third" }), ACT)).rejects.toThrow("the disk is full");
    world.recorder.fails = false;
    expect(await registry().registerAgent(agent({ name: "third" }), ACT)).toHaveProperty("done");
    expect(registry().get(id)?.status).toBe("active");
    expect(names()).toEqual(["identity.registered", "identity.registered"]);
  });
  it("S14: an entry that a crash left in the outbox is written at the next start, before anything is served", async () => {
    world.recorder.fails = true;
    await expect(registry().registerAgent(agent(), ACT)).rejects.toThrow("the disk is full");
    world.recorder.fails = false;
    const again = await world.restart();
    expect(world.recorder.entries).toHaveLength(1);
    expect(world.recorder.entries[0]).toMatchObject({
      draft: { name: "identity.registered" },
      id: ANY_TEXT,
    });
    expect(again.registry.get(parseIdentityId("spiffe://gate.example/agent/second"))?.status).toBe("active");
    expect(await tables(world.store.read).selectFrom("id_outbox").selectAll().execute()).toEqual([]);
  });
  it("I3: a resume that is on its way does not undo a suspension that came after it", async () => {
    await registry().suspend(world.agent.id, ACT);
    const [resumed, suspended] = [registry().resume(world.agent.id, ACT), registry().suspend(world.agent.id, ACT)];
    expect(await resumed).toHaveProperty("done");
    expect(await suspended).toHaveProperty("done");
    expect(registry().get(world.agent.id)?.status).toBe("suspended");
  });
  it("a restart brings back what was there", async () => {
    await registry().suspend(world.agent.id, { by: world.owner, because: "a test" });
    const before = registry().list();
    const again = await world.restart();
    expect(again.registry.list().toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      before.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
    expect(again.registry.instances(world.agent.id).map((i) => i.key.jkt)).toEqual([world.key.jkt]);
    expect(await again.registry.resume(world.agent.id, { by: world.owner, because: "x" })).toMatchObject({
      no: "move_refused",
    });
  });
  it("I59: the access key is an entry once, at its first use", async () => {
    const keys = world.recorder.entries.filter((e) => "name" in e.draft && e.draft.name === "key.created");
    await world.restart();
    expect(keys).toEqual([]);
    await using other = await openWorld();
    expect(await tables(other.store.read).selectFrom("id_key").select("purpose").execute()).toEqual([
      { purpose: "access" },
    ]);
    expect(await tokenFor(other)).toBeTypeOf("string");
  });
});
