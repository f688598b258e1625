// SPDX-License-Identifier: Apache-2.0
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { argsS256, instant } from "../../core/index.ts";
import { ACCESS, details, EXCHANGE, given, type Members, refused, stepOf, TestClient } from "../testing/client.ts";
import { sha256, testKey } from "../testing/jwt.ts";
import {
  ACT,
  bodyOf,
  done,
  GRANT,
  ISSUER,
  OTHER_RESOURCE,
  openMandate,
  openWorld,
  proof,
  RESOURCE,
  tokenRequest,
  type World,
} from "../testing/world.ts";

const READ: Members = { actions: ["view"], locations: [RESOURCE] };
const ARGS = { path: "/a", note: "hello" };
const EXECUTE: Members = { actions: ["execute"], locations: [RESOURCE], args_s256: argsS256(ARGS) };

describe("what a client is given", () => {
  let world: World;
  let client: TestClient;
  beforeEach(async () => {
    world = await openWorld();
    client = new TestClient(world);
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });

  it("I19: exactly what it asks for, with the mandate's limits where it says nothing", async () => {
    const answer = await client.ask({ ...READ, label_max: "internal", purpose: "office.mail" });
    const body = bodyOf(answer);
    expect([answer.status, body["scope"], body["expires_in"]]).toEqual([200, "view", 120]);
    const { grant, mandate, hop, onBehalfOf } = await client.standing(String(body["access_token"]));
    const asked = { verbs: ["view"], locations: [RESOURCE], labelMax: "internal", purpose: "office.mail" };
    expect(grant).toEqual({ ...GRANT, ...asked });
    expect([mandate, hop, onBehalfOf]).toEqual([world.mandate, 0, world.owner]);
  });
  it("I25: a token for an effect lives 30 seconds, and never beyond step, mandate and identity", async () => {
    expect(bodyOf(await client.ask({ ...READ, actions: ["retain"] }))["expires_in"]).toBe(30);
    const deadline = instant(world.clock.now() + 20_000);
    const { id } = await openMandate(world, { deadline });
    expect(bodyOf(await client.ask({ ...READ, mandate: id }))["expires_in"]).toBe(20);
    const step = stepOf(await given(client.ask({ ...READ, mandate: world.mandate.id })));
    world.clock.advance(590_000);
    expect(bodyOf(await client.ask({ ...READ, step }))["expires_in"]).toBe(10);
    world.clock.advance(10_000);
    expect(await refused(client.ask({ ...READ, step }))).toMatch(/^400 invalid_grant/);
  });
  it.each<[string, Members, string]>([
    ["actions", { actions: ["train"] }, "verbs"],
    ["locations", { locations: [OTHER_RESOURCE] }, "locations"],
    ["datatypes", { datatypes: ["health"] }, "datatypes"],
    ["a constraint left out", { constraints: [] }, "constraints"],
    ["a wider constraint", { constraints: [{ ...GRANT.constraints[0], max: 1001 }] }, "constraints"],
    ["label_max", { label_max: "restricted" }, "labelMax"],
    ["jurisdictions", { jurisdictions: ["US"] }, "jurisdictions"],
    ["purpose", { purpose: "home" }, "purpose"],
    ["budget", { budget: { calls: 1001, cost: GRANT.budget.cost } }, "budget"],
    ["a budget left out", { budget: {} }, "budget"],
  ])("I12: wider than the mandate in %s: refused", async (_what, members, dimension) => {
    expect(await refused(client.ask({ ...READ, ...members }))).toMatch(
      `400 invalid_authorization_details: ${dimension}`,
    );
    expect(world.recorder.entries).toEqual([]);
  });
  it.each<[string, string]>([
    ["no JSON", "x"],
    ["an object", JSON.stringify({ type: "bailiwick_step", ...READ })],
    ["none", "[]"],
    [
      "two",
      JSON.stringify([
        { type: "bailiwick_step", ...READ },
        { type: "bailiwick_step", ...READ },
      ]),
    ],
    ["another type", JSON.stringify([{ type: "payment_initiation", ...READ }])],
    ["an unknown member", JSON.stringify([{ type: "bailiwick_step", ...READ, more: 1 }])],
    ["a member under core's name", JSON.stringify([{ type: "bailiwick_step", ...READ, labelMax: "public" }])],
    ["no actions", JSON.stringify([{ type: "bailiwick_step", locations: [RESOURCE] }])],
    ["no locations", JSON.stringify([{ type: "bailiwick_step", actions: ["view"] }])],
    ["an unknown action", JSON.stringify([{ type: "bailiwick_step", ...READ, actions: ["read"] }])],
    ["an unknown level", JSON.stringify([{ type: "bailiwick_step", ...READ, label_max: "secret" }])],
    [
      "an unknown constraint",
      JSON.stringify([{ type: "bailiwick_step", ...READ, constraints: [{ kind: "regex", at: "/a" }] }]),
    ],
    ["an unknown budget", JSON.stringify([{ type: "bailiwick_step", ...READ, budget: { time: 1 } }])],
    ["a member twice", `[{"type":"bailiwick_step","actions":["view"],"actions":["view"],"locations":["${RESOURCE}"]}]`],
    ["a mandate that is no id", JSON.stringify([{ type: "bailiwick_step", ...READ, mandate: "mine" }])],
    ["a child of nothing", JSON.stringify([{ type: "bailiwick_step", ...READ, step: "child" }])],
  ])("I19: %s: invalid_authorization_details", async (_what, text) => {
    const answer = world.identify.token(tokenRequest(world, { authorization_details: text }));
    expect(await refused(answer)).toMatch(/^400 invalid_authorization_details/);
  });
  it.each([
    ["execute with a read", { ...EXECUTE, actions: ["view", "execute"] }, "stands alone"],
    ["share with a read", { ...READ, actions: ["view", "share"] }, "stands alone"],
    ["execute of any arguments", { ...READ, actions: ["execute"] }, "names its arguments"],
    ["a location above the resource", { ...READ, locations: [`${ISSUER}/mcp`] }, "not below the resource"],
  ])("I25: %s: refused", async (_what, members, why) => {
    const answer = await refused(client.ask(members));
    expect(answer).toMatch(/^400 invalid_authorization_details/);
    expect(answer).toContain(why);
  });
  it("I19: a stock client that asks for nothing gets what reads; without a mandate it is told so", async () => {
    const plain = () => world.identify.token(tokenRequest(world));
    expect(bodyOf(await plain())["scope"]).toBe("view summarize recommend");
    const second = await openMandate(world);
    expect(await refused(plain())).toBe("400 invalid_grant: more than one open mandate covers this resource: name one");
    expect(bodyOf(await client.ask({ ...READ, mandate: second.id }))["scope"]).toBe("view");
    await world.identify.mandates.close(second.id, ACT);
    await world.identify.mandates.close(world.mandate.id, ACT);
    expect(await refused(plain())).toBe("400 invalid_grant: a mandate is needed: no open one covers this resource");
    await openMandate(world, { grant: { ...GRANT, verbs: ["execute"] } });
    expect(await refused(plain())).toMatch(/^400 invalid_grant/);
  });
  it("I19: another's mandate, a closed one, and one that never was are one answer", async () => {
    const { registry } = world.identify;
    const place = { environment: "test", jurisdiction: "DE", purpose: "x", sponsor: world.owner };
    const other = done(await registry.registerAgent({ name: "other", ...place, expires: world.agent.expires }, ACT));
    const theirs = await openMandate(world, { holder: other.id });
    const closed = await openMandate(world);
    await world.identify.mandates.close(closed.id, ACT);
    const answers = [theirs.id, closed.id, "01890000-0000-7000-8000-000000000009"].map((mandate) =>
      refused(client.ask({ ...READ, mandate })),
    );
    const [first, ...rest] = await Promise.all(answers);
    expect(first).toMatch(/^400 invalid_grant/);
    for (const answer of rest) expect(answer).toEqual(first);
  });
  it("L15: what is given is on disk before: no record, or no store, no token", async () => {
    world.recorder.fails = true;
    expect(await refused(client.ask(READ))).toMatch(/^503 temporarily_unavailable/);
    world.recorder.fails = false;
    const tx = world.store.tx.bind(world.store);
    world.store.tx = () => Promise.reject(new Error("the disk is gone"));
    expect(await refused(client.ask(READ))).toMatch(/^503 temporarily_unavailable/);
    world.store.tx = tx;
    expect((await client.ask(READ)).status).toBe(200);
  });
});

describe("exchange", () => {
  let world: World;
  let client: TestClient;
  beforeEach(async () => {
    world = await openWorld();
    client = new TestClient(world);
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });

  it("I22: less of the same step, or a child step, with the parent named by its hash", async () => {
    const root = await given(client.ask({ ...READ, actions: ["view", "summarize"] }));
    const narrow = await client.standing(await given(client.exchange(root, READ)));
    expect([narrow.step, narrow.grant.verbs, narrow.hop]).toEqual([stepOf(root), ["view"], 0]);
    const answer = await client.exchange(root, { ...READ, step: "child", locations: [`${RESOURCE}/a`] });
    expect(bodyOf(answer)).toMatchObject({ issued_token_type: ACCESS, token_type: "DPoP" });
    const child = String(bodyOf(answer)["access_token"]);
    const { path, hop, grant } = await client.standing(child);
    expect([path, hop, grant.locations]).toEqual([[stepOf(root), stepOf(child)], 1, [`${RESOURCE}/a`]]);
    expect(decodeJwt(child)["bw"]).toMatchObject({ par: sha256(decodeJwt(root).jti ?? "") });
  });
  it.each<[string, Members]>([
    ["actions", { actions: ["view", "summarize", "recommend"] }],
    ["locations", { locations: [RESOURCE] }],
    ["constraints", { constraints: [] }],
    ["label_max", { label_max: "confidential" }],
    ["jurisdictions", { jurisdictions: ["DE", "FR"] }],
    ["purpose", { purpose: "office" }],
    ["budget", { budget: { calls: 2, cost: GRANT.budget.cost } }],
    ["datatypes", { datatypes: ["personal"] }],
  ])("I12: a child that is wider than its parent in %s: refused, though the mandate has it", async (_what, members) => {
    const own = {
      actions: ["view"],
      locations: [`${RESOURCE}/a`],
      datatypes: [],
      label_max: "internal",
      jurisdictions: ["DE"],
      purpose: "office.mail",
      budget: { calls: 1, cost: GRANT.budget.cost },
    };
    const root = await given(client.ask(own));
    expect((await client.exchange(root, { ...own, step: "child" })).status).toBe(200);
    for (const step of ["child", undefined]) {
      expect(await refused(client.exchange(root, { ...own, ...members, step }))).toMatch(
        /^400 invalid_authorization_details/,
      );
    }
  });
  it("I30: no step hangs deeper than the mandate allows", async () => {
    const { id: mandate } = await openMandate(world, { depth: 1 });
    const child = await given(
      client.exchange(await given(client.ask({ ...READ, mandate })), { ...READ, step: "child" }),
    );
    expect(await refused(client.exchange(child, { ...READ, step: "child" }))).toMatch(/^400 invalid_request/);
    expect((await client.exchange(child, READ)).status).toBe(200);
  });
  it("I20: a subject token that is not good, for whatever reason, is invalid_request", async () => {
    const root = await given(client.ask(READ));
    const key = testKey();
    const dpop = [
      proof(world, { htm: "POST", htu: `${ISSUER}/oauth/token`, nonce: world.identify.prover.nonce() }, { key }),
    ];
    const parameters = {
      grant_type: EXCHANGE,
      subject_token: root,
      subject_token_type: ACCESS,
      authorization_details: details(READ),
    };
    const stolen = world.identify.token(tokenRequest(world, parameters, { dpop }));
    expect(await refused(stolen)).toMatch(/^400 invalid_request/);
    expect(await refused(client.exchange(`${root.slice(0, -4)}AAAA`, READ))).toMatch(/^400 invalid_request/);
    expect(await refused(client.exchange(await given(client.ask(EXECUTE)), EXECUTE))).toMatch(/^400 invalid_request/);
    const more = [
      { actor_token: root, actor_token_type: ACCESS },
      { actor_token: root },
      { actor_token_type: ACCESS },
      { subject_token: undefined },
      { subject_token_type: undefined },
      { subject_token_type: "urn:ietf:params:oauth:token-type:id_token" },
      { requested_token_type: "urn:ietf:params:oauth:token-type:refresh_token" },
      { authorization_details: undefined },
    ];
    for (const change of more)
      expect(await refused(client.exchange(root, READ, change))).toMatch(/^400 invalid_request/);
    expect(await refused(client.exchange(root, READ, { resource: OTHER_RESOURCE }))).toMatch(/^400 invalid_target/);
    expect(await refused(client.exchange(root, READ, { audience: "x" }))).toMatch(/^400 invalid_target/);
    world.clock.advance(120_000);
    expect(await refused(client.exchange(root, READ))).toMatch(/^400 invalid_request/);
  });
  it("I32: a token of a closed step begets nothing", async () => {
    const root = await given(client.ask(READ));
    const closing = world.identify.mandates.closeStep(stepOf(root), "done", ACT);
    expect(await refused(client.exchange(root, { ...READ, step: "child" }))).toMatch(/^400 invalid_request/);
    await closing;
  });
  it("I32: a child that is being issued when its parent ends is not given", async () => {
    const root = await given(client.ask(READ));
    const append = world.recorder.append.bind(world.recorder);
    world.recorder.append = (draft, options) => {
      world.recorder.append = append;
      void world.identify.mandates.closeStep(stepOf(root), "done", ACT);
      return append(draft, options);
    };
    expect(await refused(client.exchange(root, { ...READ, step: "child" }))).toMatch(/^400 invalid_grant/);
  });
});
