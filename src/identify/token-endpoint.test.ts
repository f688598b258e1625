// SPDX-License-Identifier: Apache-2.0
import { createHmac } from "node:crypto";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { instant } from "../core/index.ts";
import { Seen } from "./seen.ts";
import { signJwt, testKey } from "./testing/jwt.ts";
import {
  ACT,
  assertion,
  bodyOf,
  done,
  freshJti,
  ISSUER,
  OTHER_RESOURCE,
  openMandate,
  openWorld,
  proof,
  RESOURCE,
  tokenProof,
  tokenRequest,
  type World,
} from "./testing/world.ts";

describe("the token endpoint", () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });
  const ask = (parameters: Parameters<typeof tokenRequest>[1] = {}, change: Parameters<typeof tokenRequest>[2] = {}) =>
    world.identify.token(tokenRequest(world, parameters, change));
  const errorOf = async (...given: Parameters<typeof ask>): Promise<unknown> => {
    const answer = await ask(...given);
    expect(answer.headers["Cache-Control"]).toBe("no-store");
    expect(world.recorder.entries).toEqual([]);
    return [answer.status, bodyOf(answer)["error"]];
  };
  const withAssertion = (change: Parameters<typeof assertion>[1], header: object = {}) =>
    errorOf({ client_assertion: assertion(world, change, header) });
  const seconds = (ms = 0) => Math.floor((world.clock.now() + ms) / 1000);

  it("I26: a token is bound to the key of the proof, which may be another than the client's", async () => {
    const key = testKey("EdDSA");
    const nonce = world.identify.prover.nonce();
    const dpop = [proof(world, { htm: "POST", htu: `${ISSUER}/oauth/token`, nonce }, { key })];
    const { cnf } = decodeJwt(String(bodyOf(await ask({}, { dpop }))["access_token"]));
    expect(cnf).toEqual({ jkt: key.jkt });
  });
  it("I24: a token never outlives its identity", async () => {
    const expires = instant(world.clock.now() + 90_500);
    const input = {
      name: "brief",
      sponsor: world.owner,
      purpose: "x",
      environment: "test",
      jurisdiction: "DE",
      expires,
    };
    const { id } = done(await world.identify.registry.registerAgent(input, ACT));
    const key = testKey();
    const copy = done(await world.identify.registry.registerInstance({ identity: id, jwk: key.jwk }, ACT));
    const other = { ...world, instance: copy, key };
    await openMandate(world, { holder: id });
    const answer = await world.identify.token(tokenRequest(other));
    expect(bodyOf(answer)["expires_in"]).toBe(90);
    world.clock.advance(90_000);
    expect(bodyOf(await world.identify.token(tokenRequest(other)))["error"]).toBe("invalid_grant");
  });
  it("I26: without a nonce, or with an old one, the next is given", async () => {
    const without = await ask({}, { dpop: [tokenProof(world, { nonce: undefined })] });
    expect([without.status, bodyOf(without)["error"]]).toEqual([400, "use_dpop_nonce"]);
    const old = tokenProof(world);
    world.clock.advance(60_001);
    const late = await ask({}, { dpop: [old] });
    expect(bodyOf(late)["error"]).toBe("use_dpop_nonce");
    const dpop = [tokenProof(world, { nonce: late.headers["DPoP-Nonce"] ?? "" })];
    const good = await ask({}, { dpop });
    expect([good.status, typeof good.headers["DPoP-Nonce"]]).toEqual([200, "string"]);
  });
  it("I27: after a restart every older proof and every older assertion is refused", async () => {
    const request = tokenRequest(world);
    world.clock.advance(1000);
    const again = await world.restart();
    expect(bodyOf(await again.token(request))["error"]).toBe("use_dpop_nonce");
    const dpop = [tokenProof(world, { nonce: again.prover.nonce() })];
    const answer = await again.token({ ...request, dpop });
    expect([bodyOf(answer)["error"], bodyOf(answer)["error_description"]]).toEqual([
      "invalid_client",
      "the client assertion was made before this server started",
    ]);
  });

  describe("proofs", () => {
    it.each([
      ["none", () => []],
      ["two", () => [tokenProof(world), tokenProof(world)]],
      ["two in one header", () => [`${tokenProof(world)}, ${tokenProof(world)}`]],
      ["another method", () => [tokenProof(world, { htm: "GET" })]],
      ["another method's case", () => [tokenProof(world, { htm: "post" })]],
      ["another address", () => [tokenProof(world, { htu: RESOURCE })]],
      ["no address", () => [tokenProof(world, { htu: "here" })]],
      ["no jti", () => [tokenProof(world, { jti: undefined })]],
      ["a jti that is too long", () => [tokenProof(world, { jti: "x".repeat(129) })]],
      ["no iat", () => [tokenProof(world, { iat: undefined })]],
      ["a token hash where there is no token", () => [tokenProof(world, { ath: "x" })]],
    ])("I26: refused: %s", async (_what, dpop) => {
      expect(await errorOf({}, { dpop: dpop() })).toEqual([400, "invalid_dpop_proof"]);
    });
    it.each([
      ["another type", { typ: "JWT" }],
      ["no type", { typ: undefined }],
      ["no algorithm", { alg: "none" }],
      ["a symmetric algorithm", { alg: "HS256" }],
      ["another key's algorithm", { alg: "EdDSA" }],
      ["no key", { jwk: undefined }],
      ["another key", { jwk: testKey().jwk }],
      ["a private key", { jwk: { ...testKey().jwk, d: "AAAA" } }],
      ["crit", { crit: ["exp"], exp: 1 }],
    ])("I18: a proof's header is refused: %s", async (_what, header) => {
      const nonce = world.identify.prover.nonce();
      const dpop = [proof(world, { htm: "POST", htu: `${ISSUER}/oauth/token`, nonce }, { header })];
      expect(await errorOf({}, { dpop })).toEqual([400, "invalid_dpop_proof"]);
    });
    it("I26: a proof is used once", async () => {
      const dpop = [tokenProof(world)];
      expect((await ask({}, { dpop })).status).toBe(200);
      const again = await ask({}, { dpop });
      expect([again.status, bodyOf(again)["error"]]).toEqual([400, "invalid_dpop_proof"]);
    });
    it("I26: a proof is not forgotten as long as its nonce lives", async () => {
      const dpop = [tokenProof(world)];
      expect((await ask({}, { dpop })).status).toBe(200);
      world.clock.advance(60_000);
      expect(bodyOf(await ask({}, { dpop }))["error"]).toBe("invalid_dpop_proof");
      world.clock.advance(1);
      expect(bodyOf(await ask({}, { dpop }))["error"]).toBe("use_dpop_nonce");
    });
    it("RFC 9864: both names of Ed25519 are taken", async () => {
      const key = testKey("EdDSA");
      for (const alg of ["EdDSA", "Ed25519"]) {
        const nonce = world.identify.prover.nonce();
        const dpop = [proof(world, { htm: "POST", htu: `${ISSUER}/oauth/token`, nonce }, { key, header: { alg } })];
        expect((await ask({}, { dpop })).status).toBe(200);
      }
    });
    it("I26: another key may use the same jti", async () => {
      const jti = freshJti();
      const htu = `${ISSUER}/oauth/token`;
      for (const key of [testKey(), testKey()]) {
        const dpop = [proof(world, { htm: "POST", htu, jti, nonce: world.identify.prover.nonce() }, { key })];
        expect((await ask({}, { dpop })).status).toBe(200);
      }
    });
    it("I26: a caller whose clock is wrong is judged by the nonce's time", async () => {
      for (const iat of [seconds(-3_600_000), seconds(3_600_000)]) {
        expect((await ask({}, { dpop: [tokenProof(world, { iat })] })).status).toBe(200);
      }
    });
  });

  describe("client assertions", () => {
    it.each([
      ["client-authentication+jwt", { typ: "client-authentication+jwt" }],
      ["no type", { typ: undefined }],
      ["the type with its prefix", { typ: "application/jwt" }],
    ])("I17: accepted: %s", async (_what, header) => {
      expect((await ask({ client_assertion: assertion(world, {}, header) })).status).toBe(200);
    });
    it("I17: one audience in an array is one audience; client_id may be repeated in the form", async () => {
      const client_assertion = assertion(world, { aud: [ISSUER] });
      expect((await ask({ client_assertion, client_id: world.instance.id })).status).toBe(200);
    });
    it.each([
      ["the token endpoint as audience", { aud: `${ISSUER}/oauth/token` }],
      ["the issuer with a slash", { aud: `${ISSUER}/` }],
      ["two audiences", { aud: [ISSUER, "https://other.example"] }],
      ["no audience", { aud: undefined }],
      ["another issuer of the assertion", { iss: "someone" }],
      ["no subject", { sub: undefined }],
      ["a client that is not there", { iss: "nobody", sub: "nobody" }],
      ["no jti", { jti: undefined }],
      ["no exp", { exp: undefined }],
      ["no iat", { iat: undefined }],
      ["exp that is text", { exp: "tomorrow" }],
    ])("I17: refused: %s", async (_what, change) => {
      expect(await withAssertion(change)).toEqual([401, "invalid_client"]);
    });
    it("I17: refused: the identity instead of its instance", async () => {
      expect(await withAssertion({ iss: world.agent.id, sub: world.agent.id })).toEqual([401, "invalid_client"]);
    });
    it.each([
      ["expired", -61_000, -5000, 401],
      ["just inside the skew", -61_000, -4000, 200],
      ["too far ahead", 0, 306_000, 401],
      ["as far ahead as allowed", 0, 305_000, 200],
      ["issued in the future", 6000, 60_000, 401],
      ["issued within the skew", 5000, 60_000, 200],
    ])("I17: times: %s", async (_what, iat, exp, status) => {
      world.clock.advance(120_000);
      const answer = await ask({ client_assertion: assertion(world, { iat: seconds(iat), exp: seconds(exp) }) });
      expect(answer.status).toBe(status);
    });
    it("I17: not before is kept", async () => {
      expect(await withAssertion({ nbf: seconds(6000) })).toEqual([401, "invalid_client"]);
    });
    it.each([
      ["another explicit type", { typ: "at+jwt" }],
      ["a proof's type", { typ: "dpop+jwt" }],
      ["no algorithm", { alg: "none" }],
      ["another algorithm", { alg: "ES384" }],
      ["another key kind's algorithm", { alg: "EdDSA" }],
      ["its own key", { jwk: testKey().jwk }],
      ["the registered key", { jwk: "registered" }],
      ["an address for a key", { jku: "https://evil.example/jwks" }],
      ["a certificate", { x5c: ["AAAA"] }],
      ["crit", { crit: ["b64"], b64: false }],
    ])("I18: an assertion's header is refused: %s", async (_what, header) => {
      const real = "jwk" in header && header.jwk === "registered" ? { jwk: world.key.jwk } : header;
      expect(await withAssertion({}, real)).toEqual([401, "invalid_client"]);
    });
    it("I18: the public key is no HMAC secret", async () => {
      const now = seconds();
      const { id } = world.instance;
      const payload = { iss: id, sub: id, aud: ISSUER, iat: now, exp: now + 60, jti: freshJti() };
      const input = [{ alg: "HS256" }, payload]
        .map((p) => Buffer.from(JSON.stringify(p)).toString("base64url"))
        .join(".");
      const mac = createHmac("sha256", JSON.stringify(world.key.jwk)).update(input).digest("base64url");
      expect(await errorOf({ client_assertion: `${input}.${mac}` })).toEqual([401, "invalid_client"]);
      const [header = "", body = ""] = assertion(world).split(".");
      expect(await errorOf({ client_assertion: `${header}.${body}.` })).toEqual([401, "invalid_client"]);
    });
    it("I18: members that stand twice are refused, whichever is right", async () => {
      const now = seconds();
      const { id } = world.instance;
      const rest = `"iss":"${id}","sub":"${id}","iat":${now},"exp":${now + 60},"jti":"${freshJti()}"`;
      for (const aud of [`"aud":"${ISSUER}","aud":"x"`, `"aud":"x","aud":"${ISSUER}"`]) {
        const client_assertion = signJwt({ alg: "ES256" }, `{${rest},${aud}}`, world.key);
        expect(await errorOf({ client_assertion })).toEqual([401, "invalid_client"]);
      }
      const twice = signJwt('{"alg":"none","alg":"ES256"}', `{${rest},"aud":"${ISSUER}"}`, world.key);
      expect(await errorOf({ client_assertion: twice })).toEqual([401, "invalid_client"]);
    });
    it("I18: more than 16 KiB is refused", async () => {
      expect(await withAssertion({ pad: "x".repeat(16_384) })).toEqual([401, "invalid_client"]);
    });
    it("I17: another key's signature is refused", async () => {
      const forged = assertion({ ...world, key: testKey() });
      expect(await errorOf({ client_assertion: forged })).toEqual([401, "invalid_client"]);
    });
    it("I17: an assertion is used once, and only by a request that was good", async () => {
      const client_assertion = assertion(world);
      expect(await errorOf({ client_assertion }, { dpop: [] })).toEqual([400, "invalid_dpop_proof"]);
      expect((await ask({ client_assertion })).status).toBe(200);
      const again = await ask({ client_assertion });
      expect([again.status, bodyOf(again)["error"]]).toEqual([401, "invalid_client"]);
    });
    it("I17: of two requests with one assertion at once, one gets a token", async () => {
      const client_assertion = assertion(world);
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask({ client_assertion })));
      expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
      expect(answers.filter((a) => a.status === 401)).toHaveLength(7);
    });
    it("I17: when no more can be remembered, no token is given", async () => {
      const use = vi.spyOn(Seen.prototype, "use").mockReturnValue("full");
      expect(await errorOf()).toEqual([503, "temporarily_unavailable"]);
      use.mockReturnValueOnce("first"); // the proof can, the assertion cannot
      expect(await errorOf()).toEqual([503, "temporarily_unavailable"]);
      use.mockRestore();
      expect((await ask()).status).toBe(200);
    });
  });

  describe("the form", () => {
    it.each([
      ["another grant", { grant_type: "authorization_code" }, "unsupported_grant_type"],
      ["no grant", { grant_type: undefined }, "invalid_request"],
      ["no resource", { resource: undefined }, "invalid_target"],
      ["a resource that is not ours", { resource: "https://other.example/mcp" }, "invalid_target"],
      ["a resource with a slash too much", { resource: `${RESOURCE}/` }, "invalid_target"],
      ["scopes", { scope: "files" }, "invalid_scope"],
      ["authorization details", { authorization_details: "[]" }, "invalid_authorization_details"],
    ])("I19: %s", async (_what, parameters, error) => {
      expect(await errorOf(parameters)).toEqual([400, error]);
    });
    it.each([
      ["no assertion", { client_assertion: undefined }],
      [
        "another kind of assertion",
        { client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:saml2-bearer" },
      ],
      ["another client id", { client_id: "someone" }],
      ["a secret", { client_secret: "hunter2" }],
    ])("I16: %s", async (_what, parameters) => {
      expect(await errorOf(parameters)).toEqual([401, "invalid_client"]);
    });
    it("I19: a parameter that stands twice is refused, also when both say the same", async () => {
      const { body } = tokenRequest(world);
      expect(await errorOf({}, { body: `${body}&grant_type=client_credentials` })).toEqual([400, "invalid_request"]);
      expect(await errorOf({}, { body: `${body}&resource=${encodeURIComponent(OTHER_RESOURCE)}` })).toEqual([
        400,
        "invalid_target",
      ]);
    });
    it("I19: an empty parameter is none; unknown ones are ignored", async () => {
      expect((await ask({ scope: "", authorization_details: "", unknown: "x" })).status).toBe(200);
    });
    it("I19: only a form, only POST, at most 64 KiB", async () => {
      expect(await errorOf({}, { headers: { "content-type": "application/json" } })).toEqual([400, "invalid_request"]);
      expect(await errorOf({}, { headers: {} })).toEqual([400, "invalid_request"]);
      expect(await errorOf({}, { body: "a=%" })).toEqual([400, "invalid_request"]);
      expect(await errorOf({ pad: "x".repeat(65_536) })).toEqual([400, "invalid_request"]);
      const get = await ask({}, { method: "GET" });
      expect([get.status, get.headers["Allow"]]).toEqual([405, "POST"]);
    });
    it("I19: a charset is no other type", async () => {
      const headers = { "content-type": "Application/X-WWW-Form-Urlencoded; charset=UTF-8" };
      expect((await ask({}, { headers })).status).toBe(200);
    });
    it("I16: HTTP authentication is answered in its own scheme", async () => {
      const headers = { "content-type": "application/x-www-form-urlencoded", authorization: "Basic eDp5" };
      const answer = await ask({}, { headers });
      expect([answer.status, answer.headers["WWW-Authenticate"]]).toEqual([401, 'Basic realm="bailiwick"']);
    });
  });

  it("I3: a suspended agent, a retired instance, a retired agent get nothing", async () => {
    const { registry } = world.identify;
    const suspended = registry.suspend(world.agent.id, ACT);
    expect(bodyOf(await ask())["error"]).toBe("invalid_grant");
    await suspended;
    await registry.resume(world.agent.id, ACT);
    expect((await ask()).status).toBe(200);
    await registry.retireInstance(world.instance.id, ACT);
    expect(bodyOf(await ask())["error"]).toBe("invalid_grant");
  });
  it("I42: refusals are counted and none of them becomes an entry", async () => {
    for (let i = 0; i < 5; i++) await ask({ grant_type: "password" });
    expect(world.identify.refusals()).toEqual({ unsupported_grant_type: 5 });
    expect([world.recorder.entries.length, world.log.faults.length]).toEqual([0, 1]);
  });
  it("RFC 6749 5.2: every description is plain ASCII without quotes", async () => {
    const wrong = [
      { grant_type: "x" },
      { resource: "x" },
      { client_assertion: "x" },
      { scope: "x" },
      { client_secret: "x" },
    ];
    for (const parameters of wrong) {
      expect(String(bodyOf(await ask(parameters))["error_description"])).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    }
  });
});
