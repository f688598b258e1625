// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { attempt, VerifyError } from "./fault.ts";
import { parseCheckpoint, parseNote, parseVkey, signersOf } from "./index.ts";

/** SOURCE: C2SP signed-note, "Example". */
const VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const SIGNATURE =
  "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=";
const NOTE = `This is an example message.\n\n${SIGNATURE}\n`;

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** How many trusted keys signed this; 0 where it is refused. */
function signers(note: Uint8Array, vkey: Uint8Array): number {
  try {
    return signersOf(parseNote(decode(note)), [parseVkey(decode(vkey))]).length;
  } catch (error) {
    if (error instanceof VerifyError || error instanceof TypeError) return 0;
    throw error;
  }
}

function* flips(text: string): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    yield Uint8Array.from(bytes, (byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
  }
}

test("L35: the specification's example verifies, and no change of one bit of it does", () => {
  const [note, vkey] = [Buffer.from(NOTE), Buffer.from(VKEY)];
  expect(signers(note, vkey)).toBe(1);
  for (const flipped of flips(NOTE)) expect(signers(flipped, vkey)).toBe(0);
  for (const flipped of flips(VKEY)) expect(signers(note, flipped)).toBe(0);
});

test("L35: lines of unknown keys are passed over, a known key's wrong one refuses the note", () => {
  const key = parseVkey(VKEY);
  const other = `— example.com/bar ${SIGNATURE.split(" ")[2]}`;
  expect(signersOf(parseNote(`${NOTE}${other}\n`), [key])).toEqual([{ key, time: undefined }]);
  expect(signersOf(parseNote(`This is an example message.\n\n${other}\n`), [key])).toEqual([]);
  const forged = NOTE.replace("example message", "example massage");
  expect(() => signersOf(parseNote(forged), [key])).toThrow("the signature of `example.com/foo` does not verify");
});

test("L35: the text may hold empty lines, the last one splits", () => {
  expect(parseNote(`a\n\nb\n\n${SIGNATURE}\n`).text).toBe("a\n\nb\n");
});

test.each([
  ["without an empty line", `text\n${SIGNATURE}\n`],
  ["without its last line feed", `text\n\n${SIGNATURE}`],
  ["without a signature", "text\n\n"],
  ["with a carriage return", `text\r\n\n${SIGNATURE}\n`],
  ["with a tab", `te\txt\n\n${SIGNATURE}\n`],
  ["with a lone surrogate", `te\ud800xt\n\n${SIGNATURE}\n`],
  ["with a hyphen for the dash", `text\n\n${SIGNATURE.replace("—", "-")}\n`],
  ["with two spaces", `text\n\n${SIGNATURE.replace("foo ", "foo  ")}\n`],
  ["with a plus in the name", `text\n\n${SIGNATURE.replace("foo", "f+o")}\n`],
  ["with base64 that is not canonical", `text\n\n${SIGNATURE.replace("aQM=", "aQN=")}\n`],
  ["with base64 without padding", `text\n\n${SIGNATURE.replace("aQM=", "aQM")}\n`],
  ["with a signature of no bytes", "text\n\n— example.com/foo Uw2QOg==\n"],
  ["with one key twice", `text\n\n${SIGNATURE}\n${SIGNATURE}\n`],
  ["that is too long", `${"x".repeat(65_536)}\n\n${SIGNATURE}\n`],
])("L35: a note %s is refused", (_, note) => {
  expect(() => parseNote(note)).toThrow(VerifyError);
});

test("L35: sixteen signatures are read", () => {
  const lines = Array.from({ length: 16 }, (_, i) => SIGNATURE.replace("foo", `foo${i}`));
  expect(parseNote(`text\n\n${lines.join("\n")}\n`).signatures).toHaveLength(16);
});

/** Characters that parsers get wrong. */
const odd = fc.constantFrom("\r", "\t", "\0", "\u007f", "\ud800", "é", "— ", "=", "+", "A", "\n");

/** What a reader would write from what it read. */
function spelled(note: ReturnType<typeof parseNote>): string {
  const lines = note.signatures.map(({ name, id, signature }) => {
    const bytes = Buffer.concat([Buffer.from(id, "hex"), signature]);
    return `— ${name} ${bytes.toString("base64")}\n`;
  });
  return `${note.text}\n${lines.join("")}`;
}

test("L35: the note parser throws nothing but its error, and what it reads has one spelling", () => {
  const line = fc.oneof(fc.constant(SIGNATURE), fc.constant(""), fc.string({ unit: odd, maxLength: 40 }));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      const note = `${lines.join("\n")}\n`;
      const read = attempt(() => parseNote(note));
      expect("reason" in read ? note : spelled(read.value)).toBe(note);
    }),
  );
});

const ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

function checkpoint(size: string): string {
  return `example.com/log\n${size}\n${ROOT}\n\n${SIGNATURE}\n`;
}

test("L35: a checkpoint has an origin, a size to 2^63-1 and a root", () => {
  expect(parseCheckpoint(checkpoint("9223372036854775807"))).toMatchObject({
    origin: "example.com/log",
    size: 2n ** 63n - 1n,
  });
  expect(parseCheckpoint(checkpoint("0")).root).toHaveLength(32);
  for (const size of ["9223372036854775808", "01", "-1", "+1", "1 ", "1e3", "0x1", "", "١"]) {
    expect(() => parseCheckpoint(checkpoint(size))).toThrow(VerifyError);
  }
});

test.each([
  ["no root", "example.com/log\n1\n"],
  ["an empty origin", `\n1\n${ROOT}\n`],
  ["an empty extension line", `example.com/log\n1\n${ROOT}\n\nmore\n`],
  ["a short root", "example.com/log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n"],
])("L35: a checkpoint with %s is refused", (_, text) => {
  expect(() => parseCheckpoint(`${text}\n${SIGNATURE}\n`)).toThrow(VerifyError);
});
