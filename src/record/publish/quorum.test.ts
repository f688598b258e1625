// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { instant } from "../../core/index.ts";
import {
  cosignedMessage,
  meetsQuorum,
  type Policy,
  parseCheckpoint,
  parseNote,
  parsePolicy,
  parseVkey,
  signersOf,
  VerifyError,
  verifyNote,
} from "../verify/index.ts";
import { createNoteKey, type NoteKey } from "./note-key.ts";
import { createSigner } from "./signer.ts";

const ORIGIN = "log.example/1";
const ROOT = "r".repeat(32);
const AT = instant(1_796_547_600_000);
const S = 1000;

function seeded(seed: string, kind: "ed25519" | "ml-dsa-44"): { privateKey: KeyObject; publicKey: KeyObject } {
  const head = kind === "ed25519" ? "302e020100300506032b657004220420" : "3034020100300b060960864801650304031104228020";
  const key = Buffer.concat([Buffer.from(head, "hex"), hash("sha256", seed, "buffer")]);
  const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

const signer = createSigner(ORIGIN, seeded("log", "ed25519"), seeded("log", "ml-dsa-44"));
const NOTE = await signer.checkpoint(7, ROOT, AT);
const limit = (nowS: number): { maxAgeS: number; nowS: number } => ({ maxAgeS: 3600, nowS });
const LOGS = signer.vkeys.map((vkey) => `log ${vkey}\n`).join("");
const HEAD = { origin: ORIGIN, size: 7, root: ROOT };

const ed = (name: string): NoteKey => createNoteKey("cosignature", name, seeded(name, "ed25519"));
const pq = (name: string): NoteKey => createNoteKey("subtree", name, seeded(name, "ml-dsa-44"));
const WITNESSES: readonly NoteKey[] = [ed("x1"), pq("x2"), ed("x3"), pq("y1"), ed("y2")];
const NAMES = ["X1", "X2", "X3", "Y1", "Y2"] as const;
/** SOURCE: C2SP tlog-policy, "Example policy", in small. */
const POLICY = `${LOGS}${WITNESSES.map(({ vkey }, i) => `witness ${NAMES[i] ?? ""} ${vkey}\n`).join("")}
group X 2 X1 X2 X3
group Y any Y1 Y2
group both all X Y
quorum both
`;

function cosigned(which: readonly number[], at = AT): string {
  return NOTE + which.map((i) => WITNESSES[i]?.line(HEAD, at) ?? "").join("");
}

function resultsOf(note: string, policy = POLICY, age?: Parameters<typeof verifyNote>[2]): Record<string, string> {
  const { ok, checks } = verifyNote(note, parsePolicy(policy), age);
  return { ok: String(ok), ...Object.fromEntries(checks.map(({ name, result }) => [name, result])) };
}

test("L34: a quorum of groups is met by enough witnesses of each, of both kinds of keys, and by nothing less", () => {
  for (let set = 0; set < 32; set++) {
    const which = [0, 1, 2, 3, 4].filter((i) => (set >> i) % 2 === 1);
    const isMet = which.filter((i) => i < 3).length >= 2 && which.some((i) => i >= 3);
    const expected = isMet ? "passed" : "failed";
    expect(resultsOf(cosigned(which)), which.join()).toMatchObject({ ok: String(isMet), "witness-quorum": expected });
  }
});

test("L34: a cosignature of another checkpoint, or one that was changed, refuses the note", () => {
  const other = WITNESSES[1]?.line({ ...HEAD, size: 8 }, AT) ?? "";
  expect(resultsOf(NOTE + other)).toMatchObject({ ok: "false", "witness-quorum": "failed" });
  const elsewhere = WITNESSES[0]?.line({ ...HEAD, origin: "other.example/1" }, AT) ?? "";
  expect(resultsOf(cosigned([1, 2, 3]) + elsewhere)).toMatchObject({ ok: "false", "witness-quorum": "failed" });
});

test("L34: a cosignature without a time does not say that the log was this large", () => {
  const timeless = WITNESSES.map((key) => key.line(HEAD, instant(0))).join("");
  expect(resultsOf(NOTE + timeless)).toMatchObject({ "witness-quorum": "failed" });
});

test("L21: the second signature passes, fails, or was not run, and what is not there is not passed", () => {
  const [first = "", second = ""] = NOTE.split("\n\n")[1]?.split(/(?<=\n)/) ?? [];
  const text = NOTE.split("\n\n")[0];
  const policy = `${LOGS}quorum none\n`;
  expect(resultsOf(NOTE, policy)).toMatchObject({
    ok: "true",
    "log-signature": "passed",
    "second-signature": "passed",
  });
  const without = `${text}\n\n${first}`;
  expect(resultsOf(without, policy)).toMatchObject({ ok: "false", "second-signature": "not-run" });
  // whoever breaks Ed25519 alone, or ML-DSA-44 alone, gains nothing by taking the other line away
  const only = `${text}\n\n${second}`;
  expect(resultsOf(only, policy)).toMatchObject({
    ok: "false",
    "log-signature": "not-run",
    "second-signature": "passed",
  });
  const forged = NOTE.slice(0, -10) + (NOTE.at(-10) === "A" ? "B" : "A") + NOTE.slice(-9);
  expect(resultsOf(forged, policy)).toMatchObject({ ok: "false", "log-signature": "failed" });
  const [ed25519] = signer.vkeys;
  expect(resultsOf(without, `log ${ed25519}\nquorum none\n`)).toMatchObject({
    ok: "true",
    "second-signature": "not-run",
  });
});

test("L34: age is what a quorum says, not what the log says of itself", () => {
  const late = instant(AT + 7200 * S);
  const nowS = late / S;
  // two of X and one of Y an old time, one of X a new one: no quorum says the new one
  const mixed = cosigned([0, 1, 3]) + (WITNESSES[2]?.line(HEAD, late) ?? "");
  expect(resultsOf(mixed, POLICY, limit(nowS))).toMatchObject({ "witness-quorum": "passed", age: "failed" });
  expect(resultsOf(mixed, POLICY, limit(AT / S + 10))).toMatchObject({ age: "passed" });
  expect(resultsOf(cosigned([0, 1, 3], late), POLICY, limit(nowS))).toMatchObject({ age: "passed" });
  expect(resultsOf(cosigned([0, 1, 3], late), POLICY, limit(AT / S))).toMatchObject({ age: "failed" }); // in the future
  expect(resultsOf(cosigned([0]), POLICY, limit(AT / S))).toMatchObject({ age: "not-run" });
  expect(resultsOf(NOTE, `${LOGS}quorum none\n`, limit(AT / S))).toMatchObject({ age: "passed" });
});

test("L27: groups are counted as a slow reader counts them", () => {
  const group = fc.record({ k: fc.integer({ min: 1, max: 4 }), size: fc.integer({ min: 1, max: 4 }) });
  fc.assert(
    fc.property(
      fc.array(group, { minLength: 1, maxLength: 5 }),
      fc.uint8Array({ minLength: 8, maxLength: 8 }),
      (drawn, bits) => {
        const free = Array.from({ length: 8 }, (_, i) => `w${i}`);
        const signed = new Set(free.filter((_, i) => (bits[i] ?? 0) % 2 === 1));
        const groups = new Map<string, { atLeast: number; members: string[] }>();
        for (const [i, { k, size }] of drawn.entries()) {
          const members = free.splice(0, size);
          if (members.length === 0) break;
          groups.set(`g${i}`, { atLeast: Math.min(k, members.length), members });
          free.push(`g${i}`);
        }
        const slow = (name: string): boolean => {
          const found = groups.get(name);
          return found === undefined ? signed.has(name) : found.members.filter(slow).length >= found.atLeast;
        };
        for (const quorum of [...groups.keys(), "w7"]) {
          const policy: Policy = { logs: [], witnesses: new Map(), urls: new Map(), groups, quorum };
          expect(meetsQuorum(policy, signed)).toBe(slow(quorum));
        }
      },
    ),
  );
});

test("L21: what an ML-DSA-44 cosignature is over has the bytes that the specification names", () => {
  const root = Buffer.alloc(32, 7);
  const message = cosignedMessage({
    name: "w.example/1",
    time: 1_679_315_147n,
    origin: "a.example/2",
    size: 20_852_163n,
    root,
  });
  const expected = Buffer.concat([
    Buffer.from("73756274 7265652f 76310a00".replaceAll(" ", ""), "hex"),
    Uint8Array.of(11),
    Buffer.from("w.example/1"),
    Buffer.from("00000000641850cb", "hex"),
    Uint8Array.of(11),
    Buffer.from("a.example/2"),
    Buffer.from("0000000000000000", "hex"),
    Buffer.from("00000000013e2dc3", "hex"),
    root,
  ]);
  expect(Buffer.from(message).toString("hex")).toBe(expected.toString("hex"));
});

/**
 * SOURCE: C2SP tlog-witness, "add-checkpoint": a checkpoint with two signatures of its log, and cosignatures. Their keys are
 * not published with it, so what is held here is that all of it is read and that none of it is believed.
 */
test("L35: the specification's own checkpoint is read, and lines of unknown keys are passed over", () => {
  const text = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
— witness.example/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;
  const checkpoint = parseCheckpoint(text);
  expect(checkpoint.size).toBe(20_852_163n);
  expect(checkpoint.note.signatures).toHaveLength(3);
  expect(Buffer.from(checkpoint.note.signatures[2]?.signature ?? []).readBigUInt64BE()).toBe(1_679_315_147n);
  const stranger = createNoteKey("cosignature", "witness.example/w1", generateKeyPairSync("ed25519"));
  expect(signersOf(checkpoint.note, [parseVkey(stranger.vkey)])).toEqual([]);
});

test("L35: no signature line of any bytes makes the verifier throw anything but its error", () => {
  const keys = parsePolicy(POLICY);
  const all = [...keys.logs, ...keys.witnesses.values()];
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: all.length - 1 }),
      fc.uint8Array({ minLength: 1, maxLength: 90 }),
      (i, bytes) => {
        const key = all[i];
        const line = Buffer.concat([Buffer.from(key?.id ?? "", "hex"), bytes]).toString("base64");
        const text = NOTE.slice(0, NOTE.indexOf("\n\n") + 2);
        const note = parseNote(`${text}— ${key?.name ?? ""} ${line}\n`);
        expect(() => signersOf(note, all)).toThrow(VerifyError);
      },
    ),
  );
});
