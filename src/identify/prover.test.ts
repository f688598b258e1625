// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Json, ProofInput, Refusal } from "../core/index.ts";
import { JWT_MAX_BYTES } from "../core/index.ts";
import { ANY_TEXT } from "./testing/any.ts";
import { sha256, signJwt, type TestKey, testKey } from "./testing/jwt.ts";
import {
  ACT,
  freshJti,
  GRANT,
  ISSUER,
  OTHER_RESOURCE,
  openWorld,
  proof,
  RESOURCE,
  tokenFor,
  type World,
} from "./testing/world.ts";

const METADATA = "https://gate.example/.well-known/oauth-protected-resource/mcp/files";

describe("proving who is asking", () => {
  let world: World;
  let token = "";
  beforeEach(async () => {
    world = await openWorld();
    token = await tokenFor(world);
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });
  const resourceProof = (
    claims: Parameters<typeof proof>[1] = {},
    options: { key?: TestKey; header?: object } = {},
  ): string => {
    const nonce = world.identify.prover.nonce();
    return proof(world, { htm: "POST", htu: RESOURCE, ath: sha256(token), nonce, ...claims }, options);
  };
  const prove = (change: Partial<ProofInput> = {}) =>
    world.identify.prover.prove({
      method: "POST",
      resource: RESOURCE,
      authorization: `DPoP ${token}`,
      dpop: [resourceProof()],
      ...change,
    });
  const refusal = async (change: Partial<ProofInput> = {}): Promise<Refusal> => {
    const result = await prove(change);
    if ("standing" in result) throw new Error("it was let in");
    return result.refusal;
  };
  /** Code, status, and the `error` of the challenge. */
  const told = async (change: Partial<ProofInput> = {}): Promise<unknown[]> => {
    const { code, wire } = await refusal(change);
    return [code, wire?.status, /error="([a-z_]+)"/.exec(wire?.headers["WWW-Authenticate"] ?? "")?.[1]];
  };

  const claims = () => {
    const iat = Math.floor(world.clock.now() / 1000);
    const { id } = world.instance;
    const cnf = { jkt: world.key.jkt };
    return {
      iss: ISSUER,
      aud: RESOURCE,
      sub: world.owner,
      client_id: id,
      jti: freshJti(),
      iat,
      exp: iat + 60,
      cnf,
      ...stepClaims(),
    };
  };
  /** What the good token says of its step. */
  const stepClaims = () => {
    const { act, scope, authorization_details, txn, bw } = decodeJwt(token) as Record<string, Json>;
    return { act, scope, authorization_details, txn, bw };
  };
  const kid = () => /"kid":"([^"]+)"/.exec(Buffer.from(token.split(".")[0] ?? "", "base64url").toString())?.[1] ?? "";
  const withToken = (given: string) => {
    const dpop = [resourceProof({ ath: sha256(given) })];
    return told({ authorization: `DPoP ${given}`, dpop });
  };

  it("I26: a good token with a good proof gives the standing", async () => {
    world.clock.advance(10_000);
    const result = await prove();
    const scopes: unknown = expect.arrayContaining([
      { kind: "mandate", id: world.mandate.id },
      { kind: "txn", id: world.mandate.task },
      { kind: "instance", id: world.instance.id },
      { kind: "identity", id: world.owner },
    ]);
    expect(result).toEqual({
      standing: {
        identity: world.agent.id,
        instance: world.instance.id,
        kind: "agent",
        tenant: "main",
        status: "active",
        sponsor: world.owner,
        blueprint: { id: "reader", version: 1 },
        purpose: "reads files",
        environment: "test",
        jurisdiction: "DE",
        synthetic: false,
        expires: world.agent.expires,
        auth: { pop: "software", ageMs: 10_000 },
        assurance: 2,
        onBehalfOf: world.owner,
        person: world.owner,
        ownAuthority: false,
        mandate: world.mandate,
        step: ANY_TEXT,
        path: [ANY_TEXT],
        hop: 0,
        grant: { ...GRANT, verbs: ["view", "summarize", "recommend"], locations: [RESOURCE] },
        scopes,
        token: {
          jti: ANY_TEXT,
          jkt: world.key.jkt,
          issued: world.clock.now() - 10_000,
          exp: world.clock.now() + 110_000,
          once: false,
        },
      },
    });
  });
  it("I26: the same token again needs another proof", async () => {
    const dpop = [resourceProof()];
    expect(await prove({ dpop })).toHaveProperty("standing");
    expect(await told({ dpop })).toEqual(["credential_replayed", 401, "invalid_dpop_proof"]);
    expect(await prove()).toHaveProperty("standing");
  });
  it("I46: without a credential the answer says where to begin", async () => {
    const { code, wire } = await refusal({ authorization: undefined, dpop: [] });
    expect([code, wire?.status]).toEqual(["credential_missing", 401]);
    const challenge = wire?.headers["WWW-Authenticate"];
    expect(challenge).toBe(`DPoP realm="${ISSUER}", algs="ES256 Ed25519 EdDSA", resource_metadata="${METADATA}"`);
  });
  it("I26: a nonce that is missing, old, or of another start is asked for again", async () => {
    const old = resourceProof();
    const { code, wire } = await refusal({ dpop: [resourceProof({ nonce: undefined })] });
    expect([code, wire?.status]).toEqual(["nonce_required", 401]);
    expect(wire?.headers["WWW-Authenticate"]).toContain('DPoP realm="https://gate.example", error="use_dpop_nonce"');
    expect(await prove({ dpop: [resourceProof({ nonce: wire?.headers["DPoP-Nonce"] ?? "" })] })).toHaveProperty(
      "standing",
    );
    world.clock.advance(60_001);
    expect(await told({ dpop: [old] })).toEqual(["nonce_required", 401, "use_dpop_nonce"]);
  });
  it("I27: after a restart every older proof is refused, and the token lives on", async () => {
    const old = resourceProof();
    const again = await world.restart();
    const input = { method: "POST", resource: RESOURCE, authorization: `DPoP ${token}` };
    expect(await again.prover.prove({ ...input, dpop: [old] })).toMatchObject({ refusal: { code: "nonce_required" } });
    const dpop = [resourceProof({ nonce: again.prover.nonce() })];
    expect(await again.prover.prove({ ...input, dpop })).toHaveProperty("standing");
  });

  it.each([
    ["Bearer", (t: string) => `Bearer ${t}`, ["credential_unbound", 401, "invalid_token"]],
    ["Basic", () => "Basic eDp5", ["credential_unbound", 401, "invalid_token"]],
    ["two schemes", (t: string) => `DPoP ${t}, Bearer ${t}`, ["credential_malformed", 400, "invalid_request"]],
    ["no token", () => "DPoP", ["credential_malformed", 400, "invalid_request"]],
    ["two tokens", (t: string) => `DPoP ${t} ${t}`, ["credential_malformed", 400, "invalid_request"]],
    ["an empty header", () => "", ["credential_malformed", 400, "invalid_request"]],
    [
      "too large a token",
      () => `DPoP ${"x".repeat(JWT_MAX_BYTES + 1)}`,
      ["credential_malformed", 401, "invalid_token"],
    ],
    ["no JWT", () => "DPoP xyz", ["credential_malformed", 401, "invalid_token"]],
  ])("I26: the Authorization header is refused: %s", async (_what, authorization, expected) => {
    expect(await told({ authorization: authorization(token) })).toEqual(expected);
  });
  it("RFC 9110 11.1: the scheme has no case", async () => {
    expect(await prove({ authorization: `dpop ${token}` })).toHaveProperty("standing");
  });

  describe("tokens", () => {
    it.each(["ES256", "EdDSA"] as const)(
      "I18: a token of another %s key is refused, whatever it names",
      async (alg) => {
        const forger = testKey(alg);
        for (const header of [
          { alg, typ: "at+jwt", kid: kid() },
          { alg, typ: "at+jwt", kid: kid(), jwk: forger.jwk },
          { alg, typ: "at+jwt" },
        ]) {
          expect(await withToken(signJwt(header, claims(), forger))).toEqual([
            "credential_malformed",
            401,
            "invalid_token",
          ]);
        }
      },
    );
    it("I18: alg none, with and without a signature, is refused", async () => {
      const encoded = [{ alg: "none", typ: "at+jwt", kid: kid() }, claims()].map((p) =>
        Buffer.from(JSON.stringify(p)).toString("base64url"),
      );
      const [, , signature = ""] = token.split(".");
      for (const end of ["", signature]) {
        expect((await withToken(`${encoded.join(".")}.${end}`))[0]).toBe("credential_malformed");
      }
    });
    it("P4: a token with any changed character is refused", async () => {
      for (let i = 0; i < token.length; i += 7) {
        const changed = token.slice(0, i) + (token[i] === "A" ? "B" : "A") + token.slice(i + 1);
        const [code] = await withToken(changed);
        expect(["credential_malformed"]).toContain(code);
      }
    });
    it("I24: what our own key signed for another purpose is no access token", async () => {
      const { privateKey } = await world.custody.keyPair("identify/access", "ES256");
      const own = { ...world.key, privateKey };
      const header = { typ: "at+jwt", alg: "ES256", kid: kid() };
      const good = signJwt(header, claims(), own);
      const dpop = [resourceProof({ ath: sha256(good) })];
      expect(await prove({ authorization: `DPoP ${good}`, dpop })).toHaveProperty("standing");
      const wrong = [
        signJwt({ ...header, typ: "wit+jwt" }, claims(), own),
        signJwt({ ...header, typ: undefined }, claims(), own),
        signJwt({ ...header, kid: "another" }, claims(), own),
        ...[
          { iss: "https://other.example" },
          { cnf: undefined },
          { cnf: { jkt: 1 } },
          { aud: undefined },
          { aud: [RESOURCE] },
          { sub: "nobody" },
          { act: undefined },
          { act: { sub: world.owner } },
          { scope: "view execute" },
          { txn: undefined },
          { authorization_details: undefined },
          { authorization_details: [] },
          { bw: undefined },
          { bw: { ...(stepClaims().bw as object), more: true } },
          { bw: { ...(stepClaims().bw as object), hop: 1 } },
          { bw: { ...(stepClaims().bw as object), path: [] } },
          { bw: { ...(stepClaims().bw as object), mandate: world.mandate.task } },
          { client_id: undefined },
          { jti: undefined },
          { exp: undefined },
          { iat: "now" },
        ].map((change) => signJwt(header, { ...claims(), ...change }, own)),
      ];
      for (const bad of wrong) expect(await withToken(bad)).toEqual(["credential_malformed", 401, "invalid_token"]);
    });
    it("I17: a client assertion is no token", async () => {
      const now = Math.floor(world.clock.now() / 1000);
      const { id } = world.instance;
      const other = signJwt(
        { alg: "ES256", typ: "JWT" },
        { iss: id, sub: id, aud: RESOURCE, iat: now, exp: now + 60, jti: freshJti() },
        world.key,
      );
      expect((await withToken(other))[0]).toBe("credential_malformed");
    });
    it("I24: a token for another audience is refused", async () => {
      const dpop = [resourceProof({ htu: OTHER_RESOURCE })];
      expect(await told({ resource: OTHER_RESOURCE, dpop })).toEqual([
        "credential_wrong_audience",
        401,
        "invalid_token",
      ]);
    });
    it("I24: a token ends, with five seconds for the clocks", async () => {
      world.clock.advance(124_999);
      expect(await prove()).toHaveProperty("standing");
      world.clock.advance(1);
      expect(await told()).toEqual(["credential_expired", 401, "invalid_token"]);
    });
    it("I24: a wall clock that was set back makes a token one from the future", async () => {
      world.clock.step(-3_600_000);
      expect((await told())[0]).toBe("credential_malformed");
    });
  });

  describe("proofs", () => {
    it.each([
      ["none", () => []],
      ["two", () => [resourceProof(), resourceProof()]],
      ["another method", () => [resourceProof({ htm: "GET" })]],
      ["another address", () => [resourceProof({ htu: OTHER_RESOURCE })]],
      ["another host", () => [resourceProof({ htu: RESOURCE.replace("gate", "evil") })]],
      ["another token's hash", () => [resourceProof({ ath: sha256("other") })]],
      ["no token hash", () => [resourceProof({ ath: undefined })]],
      ["another type", () => [resourceProof({}, { header: { typ: "JWT" } })]],
      ["alg none", () => [resourceProof({}, { header: { alg: "none" } })]],
      ["a key that did not sign it", () => [resourceProof({}, { header: { jwk: testKey().jwk } })]],
      ["too large", () => [resourceProof({ pad: "x".repeat(JWT_MAX_BYTES) })]],
    ])("I26: refused: %s", async (_what, dpop) => {
      expect(await told({ dpop: dpop() })).toEqual(["proof_invalid", 401, "invalid_dpop_proof"]);
    });
    it("I26: a proof by another key does not make the token its own", async () => {
      expect(await told({ dpop: [resourceProof({}, { key: testKey() })] })).toEqual([
        "credential_wrong_key",
        401,
        "invalid_token",
      ]);
    });
    it("I26: query, fragment, case and default port of htu do not matter", async () => {
      const dpop = [resourceProof({ htu: "HTTPS://Gate.example:443/mcp/files?a=1#b" })];
      expect(await prove({ dpop })).toHaveProperty("standing");
    });
    it("I18: a proof with a member twice is refused", async () => {
      const iat = Math.floor(world.clock.now() / 1000);
      const header = { typ: "dpop+jwt", alg: "ES256", jwk: world.key.jwk };
      const nonce = world.identify.prover.nonce();
      const rest = `"htu":"${RESOURCE}","ath":"${sha256(token)}","nonce":"${nonce}","iat":${iat},"jti":"${freshJti()}"`;
      const twice = signJwt(header, `{"htm":"GET","htm":"POST",${rest}}`, world.key);
      expect((await told({ dpop: [twice] }))[0]).toBe("proof_invalid");
    });
    it("P4: a proof with any changed character is refused", async () => {
      const good = resourceProof();
      for (let i = 0; i < good.length; i += 11) {
        const changed = good.slice(0, i) + (good[i] === "A" ? "B" : "A") + good.slice(i + 1);
        expect(["proof_invalid", "nonce_required"]).toContain((await told({ dpop: [changed] }))[0]);
      }
      expect(await prove({ dpop: [good] })).toHaveProperty("standing");
    });
  });

  describe("the registry, on every call", () => {
    it("I4: suspending an agent stops its live token at once, and coming back does not revive it", async () => {
      const suspended = world.identify.registry.suspend(world.agent.id, ACT);
      expect(await told()).toEqual(["identity_not_active", 401, "invalid_token"]);
      await suspended;
      expect(await told()).toEqual(["identity_not_active", 401, "invalid_token"]);
      world.clock.advance(1000);
      await world.identify.registry.resume(world.agent.id, ACT);
      expect(await told()).toEqual(["credential_expired", 401, "invalid_token"]);
      const again = await world.restart();
      const old = { method: "POST", resource: RESOURCE, authorization: `DPoP ${token}` };
      const dpop = [resourceProof({ nonce: again.prover.nonce() })];
      expect(await again.prover.prove({ ...old, dpop })).toMatchObject({ refusal: { code: "credential_expired" } });
      token = await tokenFor(world);
      expect(await prove()).toHaveProperty("standing");
    });
    it("I4: what could not be stored kills the token all the same", async () => {
      world.recorder.fails = true;
      await expect(world.identify.registry.suspend(world.agent.id, ACT)).rejects.toThrow("the disk is full");
      world.recorder.fails = false;
      world.clock.advance(1000);
      await world.identify.registry.resume(world.agent.id, ACT);
      expect((await told())[0]).toBe("credential_expired");
    });
    it("I3: a retired instance is refused", async () => {
      await world.identify.registry.retireInstance(world.instance.id, ACT);
      expect(await told()).toEqual(["identity_not_active", 401, "invalid_token"]);
    });
    it("I5: an identity that has expired is refused at use", async () => {
      world.clock.advance(86_400_000 - 60_000);
      token = await tokenFor(world);
      world.clock.advance(59_999);
      expect(await prove()).toHaveProperty("standing");
      world.clock.advance(1);
      expect(await told()).toEqual(["identity_expired", 401, "invalid_token"]);
    });
    it("I1: an identity that the registry does not know is refused", async () => {
      Object.assign(world.identify.registry, { get: () => undefined });
      expect(await told()).toEqual(["identity_unknown", 401, "invalid_token"]);
    });
  });

  it("P5: no life, however it goes, leaves a token alive of an identity that is not active", async () => {
    const moves = fc.array(fc.constantFrom("suspend", "resume", "retire"), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(moves, async (life) => {
        await using own = await openWorld();
        const issued = await tokenFor(own);
        const alive = async (): Promise<boolean> => {
          const nonce = own.identify.prover.nonce();
          const dpop = [proof(own, { htm: "POST", htu: RESOURCE, ath: sha256(issued), nonce })];
          const input = { method: "POST", resource: RESOURCE, authorization: `DPoP ${issued}`, dpop };
          return "standing" in (await own.identify.prover.prove(input));
        };
        let status = "active";
        let left = false;
        for (const move of life) {
          await own.identify.registry[move](own.agent.id, ACT);
          left ||= move !== "resume";
          if (move === "retire") status = "retired";
          else if (status !== "retired") status = move === "suspend" ? "suspended" : "active";
          expect(own.identify.view.get(own.agent.id)?.status).toBe(status);
          expect(await alive()).toBe(!left);
        }
      }),
      { numRuns: 12 },
    );
  });
  it("core: a fault of ours lets nobody in, and is not thrown", async () => {
    Object.assign(world.identify.registry, {
      get() {
        throw new Error("broken");
      },
    });
    const { code, wire } = await refusal();
    expect([code, wire?.status, wire?.headers["Retry-After"]]).toEqual(["busy", 503, "2"]);
    expect(world.log.faults.at(-1)).toEqual({ code: "IDENTIFY_PROVE_FAILED", fields: { error: "broken" } });
  });
  it("section 4: the caller is never told why, beyond the step that failed", async () => {
    await world.identify.registry.suspend(world.agent.id, ACT);
    const { wire } = await refusal();
    expect(JSON.stringify(wire)).not.toMatch(/suspend|active/);
  });
});
