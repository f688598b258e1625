// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { expect, test } from "vitest";
import { type BoundAssertion, digestOf, instant, type JsonObject } from "../../core/index.ts";
import { createDemoKey } from "../index.ts";
import { ANNA, BEN, decidedIn, EMIL, itemFor, OTHER_STEP, openWorld, type World } from "../testing/world.ts";
import { signedBytes } from "./assertion.ts";

/** Anna's yes to a question, changed. */
async function forged(world: World, change: Partial<BoundAssertion>): Promise<unknown> {
  const id = await world.ask();
  const view = world.approvals.read(id);
  const key = world.keys.get(ANNA);
  if (view === undefined || key === undefined) throw new Error("both are there");
  return world.approvals.approve(id, { ...key.approve(view), ...change });
}

const changes: readonly [string, Partial<BoundAssertion>][] = [
  ["other signature", { signature: Buffer.alloc(64, 7).toString("base64url") }],
  ["empty signature", { signature: "" }],
  ["other digest", { digest: digestOf("another thing") }],
  ["other purpose", { purpose: "release" }],
  ["other answer", { answer: "refuse" }],
  ["other nonce", { nonce: "AAAA" }],
  ["other end", { exp: instant(2_000_000_000_000) }],
  ["other person", { person: BEN }],
  ["other key", { credential: "k" }],
  ["claim to be a passkey", { acr: "phr" }],
];

test.each(changes)("R25: a yes with an%s is nobody's", async (_what, change) => {
  await using world = await openWorld();
  expect(await forged(world, change)).toEqual({ refused: "approval_unverifiable" });
  expect(world.covers()).toEqual([]);
});

test("R25: a yes to one question is none to another", async () => {
  await using world = await openWorld();
  const [first, second] = [await world.ask(), await world.ask(itemFor({ step: OTHER_STEP }))];
  const view = world.approvals.read(first);
  const assertion = view && world.keys.get(ANNA)?.approve(view);
  expect(assertion && (await world.approvals.approve(second, assertion))).toEqual({ refused: "approval_unverifiable" });
});

test("R25: a key that the desk was not given signs for nobody", async () => {
  await using world = await openWorld({ signers: [] });
  expect(await world.yes(await world.ask(), ANNA)).toEqual({ refused: "approval_unverifiable" });
});

test("R25: a signature that belongs to another person than it says is nobody's", async () => {
  const key = createDemoKey(generateKeyPairSync("ed25519").privateKey, ANNA);
  await using world = await openWorld({ signers: [{ verify: () => ({ person: BEN, key: "k" }) }] });
  const id = await world.ask();
  const view = world.approvals.read(id);
  expect(view && (await world.approvals.approve(id, key.approve(view)))).toEqual({ refused: "approval_unverifiable" });
});

test("X6: outside the demonstration a demo key's signature is refused, right as it is", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  await world.kill({ demo: false });
  expect(await world.yes(id, ANNA)).toEqual({ refused: "demo_signature" });
  expect(world.approvals.read(id)?.state).toBe("pending");
});

test("X6: what a demo key approved is void when the same folder is opened outside the demonstration", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  await world.kill({ demo: false });
  expect(world.covers()).toEqual([]);
  expect(world.approvals.read(id)?.state).toBe("cancelled");
  expect(world.log.faults).toContainEqual({ code: "RESPOND_APPROVAL_UNPROVED", fields: { approval: id } });
});

test("I53: the entry alone is enough to check the signature", async () => {
  await using world = await openWorld();
  await world.granted();
  const [entry] = (await decidedIn(world)) as {
    binding: JsonObject;
    digest: string;
    bound: { assertion: BoundAssertion; key: string }[];
  }[];
  const [signed] = entry?.bound ?? [];
  if (entry === undefined || signed === undefined) throw new Error("the entry has a signature");
  expect(digestOf(entry.binding)).toBe(entry.digest);
  const publicKey = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: signed.key } });
  const signature = Buffer.from(signed.assertion.signature, "base64url");
  expect(verify(null, signedBytes(signed.assertion.digest), publicKey, signature)).toBe(true);
  expect(signed.assertion.digest).toBe(entry.digest);
});

test("I53: what is signed is SHA-256 of the domain, a zero byte and the digest's text", () => {
  // SOURCE: printf 'bailiwick-bound-v1\0sha256:00..00' | sha256sum, with 64 zeros
  const digest = `sha256:${"0".repeat(64)}` as ReturnType<typeof digestOf>;
  expect(signedBytes(digest).toString("hex")).toBe("bad8fbb8551fc35a27502f8ec05a2215ca8d04324e0ccf9e096793131f85de83");
});

test("X6: a demo key says that it is one, and speaks for one person", () => {
  const key = createDemoKey(generateKeyPairSync("ed25519").privateKey, EMIL);
  const view = { digest: digestOf("a thing"), nonce: "n", expires: instant(1) };
  const assertion = key.approve(view);
  expect(assertion).toMatchObject({
    acr: "demo",
    person: EMIL,
    answer: "approve",
    purpose: "approval",
    nonce: "n",
    exp: 1,
  });
  expect(key.verify(assertion, view.digest)?.person).toBe(EMIL);
  expect(key.verify(assertion, digestOf("another thing"))).toBeUndefined();
  expect(key.verify({ ...assertion, person: BEN }, view.digest)).toBeUndefined();
});
