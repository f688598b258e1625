// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { adminDraft } from "../testing/drafts.ts";
import { openTestRecord } from "../testing/rooms.ts";
import { parsePolicy } from "./policy.ts";
import { parseRangeProof, verifyRange } from "./range.ts";

/** A log of a size, its entries as bytes, and who is trusted with it. */
async function logOf(size: number) {
  const { room } = await openTestRecord();
  while (room.size() < size) await room.append(adminDraft(`entry ${room.size()}`));
  const entries: Uint8Array[] = [];
  for await (const { entry } of room.read({ from: 0 })) entries.push(Buffer.from(JSON.stringify(entry)));
  return { room, entries, trust: parsePolicy(room.trustPolicy()) };
}

test("L37: every range of small logs is proved, and no other one by the same proof", async () => {
  for (const size of [1, 2, 3, 7, 8, 13]) {
    const { room, entries, trust } = await logOf(size);
    for (let from = 0; from < size; from++) {
      for (let to = from + 1; to <= size; to++) {
        const proof = await room.proveRange(from, to);
        const some = entries.slice(from, to);
        expect(verifyRange(proof, some, trust).ok, `${from} to ${to} of ${size}`).toBe(true);
        expect(verifyRange(proof, some.slice(1), trust).ok).toBe(false);
        expect(verifyRange(proof, [...some, ...some.slice(-1)], trust).ok).toBe(false);
        expect(verifyRange(proof, some.toReversed(), trust).ok).toBe(some.length === 1);
      }
    }
  }
});

test("L37: a range over many tiles is proved", async () => {
  const { room, entries, trust } = await logOf(700);
  await room.checkpoint();
  const ranges = fc
    .tuple(fc.nat(698), fc.integer({ min: 1, max: 700 }))
    .map(([from, n]) => [from, Math.min(700, from + n)] as const);
  await fc.assert(
    fc.asyncProperty(ranges, async ([from, to]) => {
      expect(verifyRange(await room.proveRange(from, to), entries.slice(from, to), trust).ok).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("L37: with one character of the proof or one byte of the entries changed it does not hold", async () => {
  const { room, entries, trust } = await logOf(13);
  const proof = await room.proveRange(3, 9);
  const some = entries.slice(3, 9);
  const at = fc.nat(proof.indexOf("\n\n") - 1);
  fc.assert(
    fc.property(at, fc.constantFrom("A", "b", "7", "\n"), (place, other) => {
      if (proof[place] === other) return;
      expect(verifyRange(`${proof.slice(0, place)}${other}${proof.slice(place + 1)}`, some, trust).ok).toBe(false);
    }),
  );
  const changed = some.map((entry) => Buffer.from(entry));
  changed[2]?.write("X", 20);
  expect(verifyRange(proof, changed, trust).ok).toBe(false);
});

test("L37: without a trusted key the signature is not checked, and that is said", async () => {
  const { room, entries } = await logOf(3);
  const verdict = verifyRange(await room.proveRange(0, 3), entries, undefined);
  expect(verdict.ok).toBe(false);
  expect(verdict.checks.find(({ name }) => name === "log-signature")?.result).toBe("not-run");
  expect(verdict.checks.find(({ name }) => name === "range")?.result).toBe("passed");
});

test("L35: a range proof has one spelling", () => {
  const spelled = ["", "bailiwick/range-proof@v2\nfrom 0\nto 1\n\nx", "bailiwick/range-proof@v1\nfrom 00\nto 1\n\nx"];
  for (const text of spelled) expect(() => parseRangeProof(text)).toThrow(/range proof/);
  fc.assert(fc.property(fc.string(), (text) => !verifyRange(text, [], undefined).ok));
});

test("L37: what is no range of the log is not proved", async () => {
  const { room } = await logOf(3);
  for (const [from, to] of [
    [0, 0],
    [2, 1],
    [0, 4],
    [-1, 2],
    [0.5, 2],
  ] as const) {
    await expect(room.proveRange(from, to)).rejects.toMatchObject({ code: "RECORD_NOT_FOUND" });
  }
});

test("L38: proofs of several entries share one checkpoint", async () => {
  const { room } = await logOf(9);
  const { checkpoint, paths } = await room.proveEach([0, 5, 8]);
  for (const [i, index] of [0, 5, 8].entries()) {
    const whole = await room.prove(index);
    expect(whole.endsWith(`\n${paths[i]?.join("\n")}\n\n${checkpoint}`)).toBe(true);
  }
  await expect(room.proveEach([9])).rejects.toMatchObject({ code: "RECORD_NOT_FOUND" });
});
