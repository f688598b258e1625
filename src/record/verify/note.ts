// SPDX-License-Identifier: Apache-2.0
// C2SP signed-note: a text and lines that sign it, and the one-line form of the keys that do. Whether a line is good is
// for `signature.ts` to say.
import { hash } from "node:crypto";
import { readBase64 } from "./bytes.ts";
import { quoted, VerifyError } from "./fault.ts";

/** UNIT: bytes of UTF-8. SOURCE: record L35. */
const NOTE_MAX_BYTES = 65_536;
/** UNIT: bytes of the key itself, by signature type (signed-note, "Signature types"; FIPS 204 table 2). */
const KEY_BYTES: ReadonlyMap<number, number> = new Map([
  [0x01, 32],
  [0x04, 32],
  [0x06, 1312],
]);

/** A verifier key, `<name>+<id>+<base64 of type and key>` (signed-note, "Verifier keys"). */
export interface VerifierKey {
  readonly name: string;
  /** 8 hexadecimal digits. */
  readonly id: string;
  readonly type: number;
  readonly key: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly signature: Uint8Array;
}

export interface Note {
  /** What is signed, with its last line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** @throws VerifyError */
export function parseVkey(text: string, place = "verifier key"): VerifierKey {
  const [, name, id, encoded] = /^([^\s+\p{C}]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text) ?? [];
  if (name === undefined || id === undefined || encoded === undefined) {
    throw new VerifyError(place, `${quoted(text)} is not <name>+<id>+<key>`);
  }
  const bytes = readBase64(encoded, place);
  const [type = 0] = bytes;
  const key = bytes.subarray(1);
  const length = KEY_BYTES.get(type) ?? key.length;
  if (key.length !== length) throw new VerifyError(place, `a key of type ${type} has ${length} bytes`);
  const expected = hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), bytes])).slice(0, 8);
  if (id !== expected) throw new VerifyError(place, `the id of this key is ${expected}, not ${id}`);
  return { name, id, type, key };
}

/** @throws VerifyError */
export function parseNote(note: string, place = "note"): Note {
  if (Buffer.byteLength(note) > NOTE_MAX_BYTES) throw new VerifyError(place, `over ${NOTE_MAX_BYTES} bytes`);
  // oxlint-disable-next-line no-control-regex -- signed-note: no ASCII control character but the line feed
  const control = /[\u0000-\u0009\u000b-\u001f]/.exec(note);
  if (control !== null) throw new VerifyError(place, `a control character at ${control.index}`);
  if (!note.isWellFormed()) throw new VerifyError(place, "a lone surrogate");
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) throw new VerifyError(place, "no empty line before signature lines");
  const lines = note.slice(split + 2, -1).split("\n");
  const signatures = lines.map((line, i) => parseSignature(line, `${place}: signature line ${i + 1}`));
  const seen = new Set(signatures.map(signer));
  if (seen.size !== signatures.length) throw new VerifyError(place, "two signature lines of one key");
  return { text: note.slice(0, split + 1), signatures };
}

function parseSignature(line: string, place: string): NoteSignature {
  const [, name, encoded] = /^— ([^\s\u0085+]+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
  if (name === undefined || encoded === undefined) throw new VerifyError(place, "not `— <name> <base64>`");
  const bytes = readBase64(encoded, place);
  if (bytes.length < 5) throw new VerifyError(place, "too short for a key id and a signature");
  return { name, id: Buffer.from(bytes.subarray(0, 4)).toString("hex"), signature: bytes.subarray(4) };
}

/** What tells one signing key from another: its name and its id together. */
export function signer(of: { readonly name: string; readonly id: string }): string {
  return `${of.name}+${of.id}`;
}
