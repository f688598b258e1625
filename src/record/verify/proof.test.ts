// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fakeCustody } from "../testing/custody.ts";
import { eventDraft } from "../testing/drafts.ts";
import { ORIGIN, openTestRecord, type TestRecord } from "../testing/rooms.ts";
import { attempt } from "./fault.ts";
import { type CheckName, parsePolicy, parseProof, policyOf, type Verdict, verifyGrowth, verifyProof } from "./index.ts";

/** A log with so many entries, the first its opening. */
async function logOf(size: number, custody = fakeCustody()): Promise<TestRecord> {
  const world = await openTestRecord({ custody });
  for (let i = 1; i < size; i++) await world.room.append(eventDraft({ i }));
  return world;
}

function failed(verdict: Verdict): readonly CheckName[] {
  return verdict.checks.filter(({ result }) => result === "failed").map(({ name }) => name);
}

test("L33: every entry's proof verifies with the key alone, and carries the entry", async () => {
  const { room } = await logOf(9);
  const policy = parsePolicy(room.trustPolicy());
  for (let index = 0; index < 9; index++) {
    const proof = await room.prove(index);
    const verdict = verifyProof(proof, policy);
    expect(verdict.checks.filter(({ result }) => result !== "passed")).toEqual([]);
    expect(verdict.ok).toBe(true);
    const [found] = await room.find((await room.find(index as never))[0]?.ref.index as never);
    expect(JSON.parse(Buffer.from(parseProof(proof).extra ?? []).toString())).toEqual({ ...found?.entry });
  }
});

test("L33: no proof with one character changed verifies", async () => {
  const { room } = await logOf(6);
  const policy = parsePolicy(room.trustPolicy());
  const proof = await room.prove(3);
  // of the 3,200 characters of the ML-DSA-44 signature one in eight
  const second = proof.lastIndexOf(" ") + 1;
  for (let at = 0; at < proof.length; at += at > second && at < proof.length - 16 ? 8 : 1) {
    const changed = proof.slice(0, at) + String.fromCharCode(proof.charCodeAt(at) ^ 1) + proof.slice(at + 1);
    expect(verifyProof(changed, policy).ok).toBe(false);
  }
});

test("L34: without a key nothing is said about who signed, and the verdict is not ok", async () => {
  const { room } = await logOf(2);
  const verdict = verifyProof(await room.prove(1), undefined);
  expect(verdict.ok).toBe(false);
  expect(verdict.checks).toContainEqual(expect.objectContaining({ name: "log-signature", result: "not-run" }));
  expect(verdict.checks).toContainEqual(expect.objectContaining({ name: "inclusion", result: "passed" }));
});

test("L34: another key of the same name is refused", async () => {
  const { room } = await logOf(2);
  const other = await logOf(1, fakeCustody("another"));
  const verdict = verifyProof(await room.prove(1), policyOf(other.room.status().vkey));
  expect(verdict.ok).toBe(false);
  expect(failed(verdict)).toEqual(["log-signature"]);
});

test("L34: an entry of another log, or another entry, is refused", async () => {
  const [here, there] = [await logOf(2), await openTestRecord({ place: { origin: "other.example/log/main-1" } })];
  const policy = parsePolicy(here.room.trustPolicy());
  const foreign = parseProof(await there.room.prove(0)).extra ?? new Uint8Array();
  const proof = await here.room.prove(1);
  expect(failed(verifyProof(proof, policy, { entry: foreign })).toSorted()).toEqual(["inclusion", "log-binding"]);
  expect(failed(verifyProof(proof, policyOf(there.room.status().vkey)))).toEqual(["origin"]);
});

test("L34: a proof without its entry needs one, and takes only the right one", async () => {
  const { room } = await logOf(3);
  const policy = parsePolicy(room.trustPolicy());
  const whole = await room.prove(1);
  const entry = parseProof(whole).extra ?? new Uint8Array();
  const bare = whole.replace(/^extra .*\n/m, "");
  expect(verifyProof(bare, policy).checks).toContainEqual(
    expect.objectContaining({ name: "inclusion", result: "not-run" }),
  );
  expect(verifyProof(bare, policy).ok).toBe(false);
  expect(verifyProof(bare, policy, { entry }).ok).toBe(true);
  expect(verifyProof(bare, policy, { entry: Buffer.concat([entry, Buffer.from(" ")]) }).ok).toBe(false);
});

test("L34: a quorum that nobody checked is not passed", async () => {
  const { room } = await logOf(2);
  const witnessed = room
    .trustPolicy()
    .replace("quorum none", "witness w w.example+b0d5e2b3+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nquorum w");
  expect(() => parsePolicy(witnessed)).toThrow("the id of this key");
  const policy = { ...parsePolicy(room.trustPolicy()), quorum: "w" };
  const verdict = verifyProof(await room.prove(1), policy);
  expect(verdict.ok).toBe(false);
  expect(verdict.checks).toContainEqual(expect.objectContaining({ name: "witness-quorum", result: "failed" }));
});

test("L36: growth between any two checkpoints is proved, and nothing else is", async () => {
  const { room } = await logOf(1);
  const policy = parsePolicy(room.trustPolicy());
  const notes = [await room.checkpoint()];
  for (let size = 2; size <= 7; size++) {
    await room.append(eventDraft());
    notes.push(await room.checkpoint());
  }
  for (let older = 1; older <= 7; older++) {
    for (let newer = older; newer <= 7; newer++) {
      const hashes = await room.proveGrowth(older, newer);
      expect(verifyGrowth(notes[older - 1] ?? "", notes[newer - 1] ?? "", hashes, policy).ok).toBe(true);
      const more = [...hashes, new Uint8Array(32)];
      expect(failed(verifyGrowth(notes[older - 1] ?? "", notes[newer - 1] ?? "", more, policy))).toEqual(["growth"]);
    }
  }
  const back = await room.proveGrowth(3, 5);
  expect(failed(verifyGrowth(notes[4] ?? "", notes[2] ?? "", back, policy))).toEqual(["growth"]);
});

test("L36: two checkpoints of one size and different roots are no growth", async () => {
  const [one, other] = [await logOf(3), await openTestRecord({ seed: 99 })];
  await other.room.append(eventDraft());
  await other.room.append(eventDraft());
  const policy = parsePolicy(one.room.trustPolicy());
  const verdict = verifyGrowth(await one.room.checkpoint(), await other.room.checkpoint(), [], policy);
  expect(failed(verdict)).toEqual(["growth"]);
  expect(verdict.checks).toContainEqual(expect.objectContaining({ name: "log-signature", result: "passed" }));
});

/** Characters that parsers get wrong. */
const odd = fc.constantFrom("\r", "\t", "\0", "\u007f", "\ud800", "é", "=", "+", "A", "\n");

test("L35: the proof parser throws nothing but its error", () => {
  const line = fc.constantFrom(
    "c2sp.org/tlog-proof@v1",
    "extra ",
    "extra AA==",
    "index 0",
    "index 01",
    "",
    `${"A".repeat(43)}=`,
    ORIGIN,
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string({ unit: odd, maxLength: 9 })), { maxLength: 9 }), (lines) => {
      // every other error goes on, and fails the test
      expect(attempt(() => parseProof(lines.join("\n")))).toBeTypeOf("object");
    }),
  );
});
