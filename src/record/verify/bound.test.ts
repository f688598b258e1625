// SPDX-License-Identifier: Apache-2.0
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkBound } from "./bound.ts";

const sha256 = (data: string | Buffer): Buffer => createHash("sha256").update(data).digest();
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const BINDING = { argsDigest: "c1:x", expires: 5, nonce: "n", v: 1 };
const digestOf = (binding: object): string => `sha256:${sha256(JSON.stringify(binding)).toString("hex")}`;

interface Change {
  readonly binding?: object;
  readonly signed?: object;
  readonly assertion?: object;
  readonly flags?: number;
  readonly origin?: string;
  readonly by?: KeyObject;
}

/** An entry as a passkey would have made it, but for what a test changes. `signed` is the binding that was signed. */
function entry({ binding = BINDING, signed = binding, assertion = {}, ...rest }: Change = {}): Record<string, unknown> {
  const { flags = 0x05, origin = "https://gate.example", by = privateKey } = rest;
  const challenge = sha256(`bailiwick-bound-v1\0${digestOf(signed)}`).toString("base64url");
  const client = Buffer.from(JSON.stringify({ type: "webauthn.get", challenge, origin }));
  const head = Buffer.concat([sha256("gate.example"), Buffer.from([flags]), Buffer.alloc(4)]);
  const signature = sign("sha256", Buffer.concat([head, sha256(client)]), by).toString("base64url");
  const terms = { purpose: "approval", answer: "approve", digest: digestOf(binding), nonce: "n", exp: 5, acr: "phr" };
  const told = { clientDataJSON: client.toString("base64url"), authenticatorData: head.toString("base64url") };
  const key = publicKey.export({ type: "spki", format: "der" }).toString("base64url");
  const bound = [{ assertion: { ...terms, ...told, signature, ...assertion }, key }];
  return { type: "event", name: "approval.decided", data: { digest: digestOf(binding), binding, bound } };
}

const check = (one: Record<string, unknown>): number => checkBound(one, "entry 7", (value) => JSON.stringify(value));

describe("bound assertions in a record", () => {
  it("I53: a passkey's yes to exactly this binding holds, and is counted", () => {
    expect(check(entry())).toBe(1);
  });
  it("I53: other entries and the demo's key have none", () => {
    expect(check({ type: "event", name: "session.opened", data: {} })).toBe(0);
    expect(
      check(entry({ assertion: { acr: "demo" }, by: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey })),
    ).toBe(0);
  });
  it("I53: a yes for another call, by another key, for another time, or without its person does not hold", () => {
    const other = { ...BINDING, argsDigest: "c1:y" };
    const wrong: readonly (readonly [string, Change])[] = [
      ["its challenge is not this binding's", { signed: other }],
      ["it is not by the key that is named", { by: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey }],
      ["it is for something else", { assertion: { answer: "refuse" } }],
      ["it is for something else", { assertion: { digest: digestOf(other) } }],
      ["it is for another time of asking", { assertion: { nonce: "m" } }],
      ["it is for another time of asking", { assertion: { exp: 6 } }],
      ["nobody was there and verified", { flags: 0x01 }],
      ["its domain is not that of its origin", { origin: "https://evil.example" }],
      ["its challenge is not this binding's", { assertion: { clientDataJSON: "AA" } }],
      ["its domain is not that of its origin", { assertion: { authenticatorData: "AA" } }],
      ["it is not by the key that is named", { assertion: { signature: "AA" } }],
    ];
    for (const [why, change] of wrong)
      expect(() => check(entry(change)), why).toThrow(`entry 7: a person's signature does not hold: ${why}`);
  });
  it("I53: a binding that was changed after it was signed does not hold", () => {
    const forged = entry();
    const data = { ...(forged["data"] as object), binding: { ...BINDING, argsDigest: "c1:y" } };
    expect(() => check({ ...forged, data })).toThrow("its digest is not that of its binding");
  });
});
