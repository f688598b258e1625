// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { argsS256, covers, type GrantCall, instant, parseEntryId, parseOrderId } from "../../core/index.ts";
import { given, type Members, refused, stepOf, TestClient } from "../testing/client.ts";
import { testKey } from "../testing/jwt.ts";
import {
  ACT,
  assertion,
  done,
  GRANT,
  OTHER_RESOURCE,
  openMandate,
  openWorld,
  RESOURCE,
  tokenRequest,
  type World,
} from "../testing/world.ts";

const ENTRY = parseEntryId("01890000-0000-7000-8000-000000000000");
const READ: Members = { actions: ["view"], locations: [RESOURCE] };
const ARGS = { path: "/a", note: "hello" };
const EXECUTE: Members = { actions: ["execute"], locations: [RESOURCE], args_s256: argsS256(ARGS) };

function call(change: Partial<GrantCall> = {}): GrantCall {
  return {
    verb: "execute",
    locations: [`${RESOURCE}/a`],
    datatypes: [],
    args: ARGS,
    level: "internal",
    jurisdiction: "DE",
    purpose: "office",
    ...change,
  };
}

describe("what a stolen token is worth", () => {
  let world: World;
  let client: TestClient;
  beforeEach(async () => {
    world = await openWorld();
    client = new TestClient(world);
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });

  it("I26: nothing without its key, nothing at another audience", async () => {
    const token = await given(client.ask(READ));
    expect(await client.told(token, { key: testKey() })).toMatch(/^credential_wrong_key/);
    expect(await client.told(token, { resource: OTHER_RESOURCE })).toMatch(/^credential_wrong_audience/);
    expect(await client.told(token)).toBe("let in");
  });
  it("I33: nothing after its step closed, at the very next call and after a restart; siblings live on", async () => {
    const [token, sibling] = [await given(client.ask(READ)), await given(client.ask(READ))];
    const child = await given(client.exchange(token, { ...READ, step: "child" }));
    const closing = world.identify.mandates.closeStep(stepOf(token), "done", ACT);
    for (const dead of [token, child]) expect(await client.told(dead)).toMatch(/^credential_expired: its step/);
    expect(await client.told(sibling)).toBe("let in");
    await closing;
    const identify = await world.restart();
    for (const dead of [token, child])
      expect(await client.told(dead, { identify })).toMatch(/^credential_expired: its step/);
    expect(await client.told(sibling, { identify })).toBe("let in");
    expect(world.recorder.entries.at(-1)?.draft).toMatchObject({
      type: "event",
      name: "step.closed",
      subject: { type: "Step", id: stepOf(token) },
      data: { outcome: "done", mandate: world.mandate.id },
    });
  });
  it("I37: a step that could not be stored as closed is closed all the same", async () => {
    const token = await given(client.ask(READ));
    world.recorder.fails = true;
    await expect(world.identify.mandates.closeStep(stepOf(token), "failed", ACT)).rejects.toThrow("the disk is full");
    expect(await client.told(token)).toMatch(/^credential_expired/);
    world.recorder.fails = false;
    await openMandate(world);
    expect(await client.told(token, { identify: await world.restart() })).toMatch(/^credential_expired/);
  });
  it("I33: nothing after its mandate closed, expired, or changed", async () => {
    const first = await given(client.ask(READ));
    const closing = world.identify.mandates.close(world.mandate.id, ACT);
    expect(await client.told(first)).toMatch(/^credential_expired: its mandate is (?:revoked|closed)$/);
    expect(done(await closing).state).toBe("closed");
    expect(await client.told(first)).toBe("credential_expired: its mandate is closed");
    expect(await client.told(first, { identify: await world.restart() })).toMatch(
      /^credential_expired: its mandate is/,
    );

    const brief = await openMandate(world, { deadline: instant(world.clock.now() + 5000) });
    const second = await given(client.ask({ ...READ, mandate: brief.id }));
    world.clock.advance(5000);
    expect(await client.told(second)).toBe("credential_expired: its mandate is expired");

    const wide = await openMandate(world);
    const third = await given(client.ask({ ...READ, mandate: wide.id }));
    const narrowing = world.identify.mandates.narrow(wide.id, { ...GRANT, labelMax: "internal" }, ACT);
    expect(await client.told(third)).toBe("credential_expired: its mandate has other terms now");
    const narrowed = done(await narrowing);
    expect([narrowed.s256 === wide.s256, narrowed.grant.labelMax, narrowed.v]).toEqual([false, "internal", 2]);
    expect(await client.told(await given(client.ask({ ...READ, mandate: wide.id })))).toBe("let in");
    const identify = await world.restart();
    expect(identify.mandates.get(wide.id)).toEqual(narrowed);
    expect(await client.told(third, { identify })).toBe("credential_expired: its mandate has other terms now");
  });
  it("I4: nothing once the person for whom it acts is suspended, and nothing when they come back", async () => {
    const token = await given(client.ask(READ));
    await world.identify.registry.suspend(world.owner, ACT);
    expect(await client.told(token)).toBe("credential_expired: its mandate is revoked");
    world.clock.advance(1000);
    await world.identify.registry.resume(world.owner, ACT);
    expect(await client.told(token)).toBe("credential_expired: its mandate is revoked");
    expect(await refused(client.ask(READ))).toMatch(/^400 invalid_grant/);
  });
  it("RFC 7009: nothing after its client gave it up; another client cannot", async () => {
    const [token, other] = [await given(client.ask(READ)), await given(client.ask(READ))];
    const revoke = (text: string | undefined, as: World = world) => {
      const parameters = { token: text, client_assertion: assertion(as), grant_type: undefined, resource: undefined };
      return world.identify.revoke(tokenRequest(as, parameters, { dpop: [] }));
    };
    const key = testKey();
    const copy = done(await world.identify.registry.registerInstance({ identity: world.agent.id, jwk: key.jwk }, ACT));
    expect(await refused(revoke(token, { ...world, instance: copy, key }))).toMatch(/^400 invalid_grant/);
    expect(await refused(revoke(undefined))).toMatch(/^400 invalid_request/);
    expect((await revoke("no token at all")).status).toBe(200);
    expect(await client.told(token)).toBe("let in");
    expect((await revoke(token)).status).toBe(200);
    expect(await client.told(token)).toMatch(/^credential_revoked/);
    expect(await client.told(other)).toBe("let in");
    expect(await client.told(token, { identify: await world.restart() })).toMatch(/^credential_revoked/);
  });
});

describe("a token for one call", () => {
  let world: World;
  let client: TestClient;
  beforeEach(async () => {
    world = await openWorld();
    client = new TestClient(world);
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });

  it("I25: lets exactly this call through", async () => {
    const { grant, token } = await client.standing(await given(client.ask(EXECUTE)));
    expect([token.once, covers(grant, call())]).toEqual([true, { ok: true }]);
    expect(covers(grant, call({ args: { ...ARGS, note: "other" } }))).toMatchObject({ dimension: "argsS256" });
    expect(covers(grant, call({ verb: "view" }))).toMatchObject({ dimension: "verbs" });
  });
  it("I25: is claimed once, by whoever comes first, and refused from then on", async () => {
    const text = await given(client.ask(EXECUTE));
    const { token } = await client.standing(text);
    const { once } = world.identify;
    const claims = await Promise.all(Array.from({ length: 100 }, () => once.claim("token", token.jti, ENTRY)));
    expect(claims.filter((claim) => claim === "first")).toHaveLength(1);
    expect(await client.told(text)).toMatch(/^credential_replayed/);
    expect(await once.claim("token", "another", ENTRY)).toBe("taken");
  });
  it("K1: a crash spends it, whether it was claimed or not", async () => {
    const text = await given(client.ask(EXECUTE));
    const { token } = await client.standing(text);
    const identify = await world.restart();
    expect(await client.told(text, { identify })).toMatch(/^credential_replayed/);
    expect(await identify.once.claim("token", token.jti, ENTRY)).toBe("taken");
  });
  it("I25: a token that reads is not one of these", async () => {
    const { token } = await client.standing(await given(client.ask(READ)));
    expect([token.once, await world.identify.once.claim("token", token.jti, ENTRY)]).toEqual([false, "taken"]);
  });
});

describe("orders in the feed", () => {
  let world: World;
  let client: TestClient;
  beforeEach(async () => {
    world = await openWorld();
    client = new TestClient(world);
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });

  it("I35: an isolate order kills what is there and stops what would come, until it ends", async () => {
    const token = await given(client.ask(READ));
    const order = parseOrderId("01890000-0000-7000-8000-00000000000a");
    const row = { kind: "identity", id: world.agent.id, order, why: "a drill", synthetic: false } as const;
    const { feed } = world.identify;
    const { seq, durable } = feed.append([{ ...row, effect: "isolate" }]);
    expect(await client.told(token)).toBe(`contained: isolate by order ${order}`);
    await durable;
    world.clock.advance(2000);
    expect(await refused(client.ask(READ))).toBe("400 invalid_grant: this client, or what it acts for, is stopped");
    const ended = feed.append([{ ...row, effect: "none" }]);
    // what loosens waits for the disk
    const { effect } = feed.effect([{ kind: "identity", id: world.agent.id }], world.clock.now());
    expect([ended.seq, effect]).toEqual([seq + 1, "isolate"]);
    await ended.durable;
    expect(await client.told(await given(client.ask(READ)))).toBe("let in");
    expect(await client.told(token)).toMatch(/^credential_expired/);
  });
  it("I35: a global sign-out kills what was issued up to then, and nothing later", async () => {
    const token = await given(client.ask(READ));
    const row = { kind: "all", id: "all", effect: "isolate", why: "sign-out", synthetic: false } as const;
    await world.identify.feed.append([row]).durable;
    expect(await client.told(token)).toMatch(/^credential_expired/);
    world.clock.advance(1000);
    expect(await client.told(await given(client.ask(READ)))).toBe("let in");
  });
});
