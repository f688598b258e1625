// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { calculateJwkThumbprint, createLocalJWKSet, EmbeddedJWK, type JWK, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { fakeClock, fakeRandom } from "../core/testing/system.ts";
import { AgentKey } from "./agent-key.ts";

const KINDS = ["ES256", "EdDSA"] as const;
const ISSUER = "https://gate.example";
const INSTANCE = "spiffe://gate.example/agent/noter/desk-1";

function made(alg: (typeof KINDS)[number]): { readonly key: AgentKey; readonly jwk: JWK; readonly currentDate: Date } {
  const pair = alg === "ES256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
  const clock = fakeClock();
  const key = AgentKey.of(pair.privateKey.export({ format: "jwk" }), { clock, random: fakeRandom(7) });
  return { key, jwk: pair.publicKey.export({ format: "jwk" }), currentDate: new Date(clock.now()) };
}

describe.each(KINDS)("what a key of %s signs", (alg) => {
  it("RFC 9449: a proof is one to a stranger's library, each is another, and they count up", async () => {
    const { key, jwk, currentDate } = made(alg);
    const asked = { method: "POST", url: `${ISSUER}/mcp/files`, ath: "a".repeat(43), nonce: "n" };
    const proofs = [key.proof(asked), key.proof({ ...asked, ath: undefined, nonce: undefined })];
    const read = await Promise.all(
      proofs.map((text) => jwtVerify(text, EmbeddedJWK, { currentDate, typ: "dpop+jwt" })),
    );
    expect(read.map(({ payload }) => payload)).toMatchObject([
      { htm: "POST", htu: asked.url, ath: asked.ath, nonce: "n", seq: 1 },
      { htm: "POST", htu: asked.url, seq: 2 },
    ]);
    expect(Object.keys(read[1]?.payload ?? {})).not.toContain("nonce");
    expect(new Set(read.map(({ payload }) => payload.jti)).size).toBe(2);
    for (const { protectedHeader } of read) {
      expect(protectedHeader.jwk).not.toHaveProperty("d");
      expect(await calculateJwkThumbprint(protectedHeader.jwk ?? {})).toBe(await calculateJwkThumbprint(jwk));
    }
  });
  it("RFC 7523: an assertion is for one issuer and one minute", async () => {
    const { key, jwk, currentDate } = made(alg);
    const keys = createLocalJWKSet({ keys: [jwk] });
    const { payload } = await jwtVerify(key.assertion(INSTANCE, ISSUER), keys, { currentDate, audience: ISSUER });
    expect(payload).toMatchObject({ iss: INSTANCE, sub: INSTANCE, exp: (payload.iat ?? 0) + 60 });
  });
});

it.each([
  ["a public key", { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) }],
  ["another curve", generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey.export({ format: "jwk" })],
  ["no point of the curve", { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43), d: "A".repeat(43) }],
  ["no key", { kty: "oct", k: "c2VjcmV0" }],
])("CONNECT_KEY_MALFORMED: %s, and the message holds none of it", (_what, jwk: JWK) => {
  const open = () => AgentKey.of(jwk, { clock: fakeClock(), random: fakeRandom(1) });
  expect(open).toThrow("reading the key: not a private P-256 or Ed25519 JWK");
});
