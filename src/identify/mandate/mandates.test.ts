// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instant } from "../../core/index.ts";
import { ACT, done, GRANT, openMandate, openWorld, type World } from "../testing/world.ts";

describe("mandates", () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });

  it("I10: one is an entry before it counts", async () => {
    world.recorder.fails = true;
    await expect(openMandate(world)).rejects.toThrow("the disk is full");
    expect(world.identify.mandates.openFor(world.agent.id)).toEqual([world.mandate]);
    world.recorder.fails = false;
    const { id, s256, task } = await openMandate(world);
    expect(world.recorder.entries.at(-1)?.draft).toMatchObject({
      name: "mandate.opened",
      subject: { type: "Mandate", id },
      data: { s256, task, grantor: world.owner, holder: world.agent.id },
    });
    expect(JSON.stringify(world.recorder.entries)).not.toContain("read what you need");
  });
  it.each<[string, Parameters<typeof openMandate>[1], string]>([
    ["a grant with an unknown verb", { grant: { ...GRANT, verbs: ["read"] } }, "invalid: reading a grant: verbs[0]"],
    ["a deadline that is over", { deadline: instant(0) }, "invalid: the deadline is over"],
    ["too deep", { depth: 9 }, "invalid: the depth"],
    ["no request", { request: " " }, "invalid: say what"],
  ])("I10: refused: %s", async (_what, change, why) => {
    await expect(openMandate(world, change)).rejects.toThrow(why);
  });
  it("I10: an agent grants nothing, a person holds nothing, and nobody grants in another's name", async () => {
    await expect(openMandate(world, { grantor: world.agent.id })).rejects.toThrow("grantor_unfit");
    await expect(openMandate(world, { holder: world.owner })).rejects.toThrow("invalid: the holder");
    const { mandates, registry } = world.identify;
    const eve = done(await registry.registerHuman({ name: "Eve", environment: "test", jurisdiction: "DE" }, ACT)).id;
    const input = {
      grantor: world.owner,
      holder: world.agent.id,
      grant: GRANT,
      deadline: world.agent.expires,
      request: "x",
    };
    expect(await mandates.open(input, { by: eve, because: "x" })).toMatchObject({ no: "invalid" });
    expect(await mandates.open(input, { by: world.owner, because: "x" })).toHaveProperty("done");
  });
  it("I10: a service passes on what it may delegate, under the same task, and no more", async () => {
    const { registry, mandates } = world.identify;
    const place = {
      environment: "test",
      jurisdiction: "DE",
      purpose: "x",
      sponsor: world.owner,
      kind: "service",
    } as const;
    const grantor = done(
      await registry.registerAgent({ name: "desk", ...place, expires: world.agent.expires }, ACT),
    ).id;
    await expect(openMandate(world, { grantor })).rejects.toThrow("grantor_unfit");
    const own = await openMandate(world, { holder: grantor });
    await expect(openMandate(world, { grantor, grant: { ...GRANT, labelMax: "restricted" } })).rejects.toThrow("unfit");
    await expect(openMandate(world, { grantor, depth: 4 })).rejects.toThrow("unfit");
    const passed = await openMandate(world, { grantor, grant: { ...GRANT, verbs: ["view"] } });
    expect(passed.task).toBe(own.task);
    await mandates.close(own.id, ACT);
    expect(mandates.get(passed.id)?.state).toBe("revoked");
  });
  it("I10: widening needs a new one", async () => {
    const { mandates } = world.identify;
    const wider = { ...GRANT, labelMax: "restricted" };
    expect(await mandates.narrow(world.mandate.id, wider, ACT)).toMatchObject({ no: "invalid" });
  });
  it("I37: what could not be stored as closed or narrowed is so all the same", async () => {
    const { mandates } = world.identify;
    const narrow = await openMandate(world);
    world.recorder.fails = true;
    await expect(mandates.close(world.mandate.id, ACT)).rejects.toThrow("the disk is full");
    await expect(mandates.narrow(narrow.id, { ...GRANT, labelMax: "public" }, ACT)).rejects.toThrow("the disk is full");
    world.recorder.fails = false;
    expect(mandates.get(world.mandate.id)?.state).not.toBe("open");
    expect(mandates.get(narrow.id)?.grant.labelMax).toBe("public");
    await openMandate(world);
    expect(mandates.get(world.mandate.id)?.state ?? "gone").not.toBe("open");
    expect(mandates.get(narrow.id)?.grant.labelMax).toBe("public");
  });
});
