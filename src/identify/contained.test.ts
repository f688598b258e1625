// SPDX-License-Identifier: Apache-2.0
// What an order does to who asks, and what is told of credentials that somebody shows who should not.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instant, parseOrderId, type Refusal } from "../core/index.ts";
import { given, stepOf, TestClient } from "./testing/client.ts";
import { sha256, testKey } from "./testing/jwt.ts";
import { ACT, done, OTHER_RESOURCE, openWorld, proof, RESOURCE, type World } from "./testing/world.ts";

const READ = { locations: [RESOURCE], actions: ["view"] };
const ORDER = parseOrderId("01890000-0000-7000-8000-00000000000a");

const refusal = async (asked: ReturnType<TestClient["prove"]>): Promise<Refusal> => {
  const result = await asked;
  if ("standing" in result) throw new Error("it was let in");
  return result.refusal;
};

describe("credentials that are shown where they are not for", () => {
  let world: World;
  let client: TestClient;
  let token: string;
  beforeEach(async () => {
    world = await openWorld();
    client = new TestClient(world);
    token = await given(client.ask(READ));
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });
  const whose = () => ({ identity: world.agent.id, instance: world.instance.id, step: stepOf(token) });

  it("W: the signature of the token held, so it is told whose it was: another key, another server, given up, again", async () => {
    const other = await refusal(client.prove(token, { key: testKey() }));
    expect(other).toMatchObject({ code: "credential_wrong_key", claimed: whose(), wire: { status: 401 } });
    const elsewhere = await refusal(client.prove(token, { resource: OTHER_RESOURCE }));
    expect(elsewhere).toMatchObject({ code: "credential_wrong_audience", claimed: whose() });
    const dpop = [
      proof(world, { htm: "POST", htu: RESOURCE, ath: sha256(token), nonce: world.identify.prover.nonce() }),
    ];
    const input = { method: "POST", resource: RESOURCE, authorization: `DPoP ${token}`, dpop };
    expect(await world.identify.prover.prove(input)).toHaveProperty("standing");
    const again = await refusal(world.identify.prover.prove(input));
    expect(again).toMatchObject({ code: "credential_replayed", claimed: whose() });
  });

  it("nobody is named by a token that anybody could have written, or by a proof that proves nothing", async () => {
    const forged = `${token.slice(0, -6)}AAAAAA`;
    const written = await refusal(client.prove(forged));
    expect([written.code, written.claimed]).toEqual(["credential_malformed", undefined]);
    const dpop = ["no proof at all"];
    const bare = { method: "POST", resource: RESOURCE, authorization: `DPoP ${token}`, dpop };
    expect((await refusal(world.identify.prover.prove(bare))).claimed).toBeUndefined();
  });

  it("E27: who is contained is told as that, with the order, and by the same status as any dead credential", async () => {
    const scope = { kind: "identity", id: world.agent.id } as const;
    await world.identify.feed.append([{ ...scope, effect: "isolate", order: ORDER, why: "x", synthetic: false }])
      .durable;
    const refused = await refusal(client.prove(token));
    expect(refused).toMatchObject({ code: "contained", order: ORDER, claimed: whose(), wire: { status: 401 } });
    // what was closed without an order is a credential that ended, and no containment
    const closed = await openWorld();
    const own = new TestClient(closed);
    const ended = await given(own.ask(READ));
    await closed.identify.mandates.closeStep(stepOf(ended), "done", ACT);
    expect((await refusal(own.prove(ended))).code).toBe("credential_expired");
    await closed[Symbol.asyncDispose]();
  });

  it("R42: isolated only leads to suspended, and somebody else leads from there; every token from before stays dead", async () => {
    const { registry } = world.identify;
    const { id } = world.agent;
    const grace = done(
      await registry.registerHuman({ name: "Grace", environment: "test", jurisdiction: "US" }, ACT),
    ).id;
    expect(await registry.isolate(id, ACT)).toMatchObject({ done: { status: "isolated" } });
    expect((await refusal(client.prove(token))).code).toBe("contained");
    expect(await registry.resume(id, ACT)).toMatchObject({ no: "move_refused" });
    expect(await registry.suspend(id, ACT)).toMatchObject({ no: "move_refused" });
    expect(await registry.release(id, { by: world.owner, because: "found" })).toMatchObject({
      done: { status: "suspended" },
    });
    expect(await registry.release(id, ACT)).toMatchObject({ no: "move_refused" });
    expect(await registry.resume(id, { by: world.owner, because: "found" })).toMatchObject({ no: "move_refused" });
    expect(await registry.resume(id, { by: grace, because: "found" })).toMatchObject({ done: { status: "active" } });
    expect((await refusal(client.prove(token))).code).toBe("credential_expired");
  });

  it("R11: nothing new is enrolled of what is isolated, nor under a sponsor who is", async () => {
    const { registry, feed } = world.identify;
    const rest = { effect: "isolate", order: ORDER, why: "x", synthetic: false } as const;
    await feed.append([{ kind: "sponsor", id: world.owner, ...rest }]).durable;
    const jwk = { ...testKey().jwk };
    expect(await registry.registerInstance({ identity: world.agent.id, jwk }, ACT)).toMatchObject({ no: "contained" });
    const agent = {
      name: "second",
      sponsor: world.owner,
      purpose: "tests",
      environment: "test",
      jurisdiction: "US",
      expires: instant(world.clock.now() + 1000),
    };
    expect(await registry.registerAgent(agent, ACT)).toMatchObject({ no: "contained" });
    await feed.append([{ kind: "sponsor", id: world.owner, ...rest, effect: "none" }]).durable;
    world.clock.advance(1); // what is of the order's own instant counts as from before it
    expect(await registry.registerAgent(agent, ACT)).toHaveProperty("done");
  });
});
