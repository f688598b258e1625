// SPDX-License-Identifier: Apache-2.0
// C2SP signed-note: a text and lines that sign it, and the one-line form of the keys that do. Only Ed25519 (type 01) is
// verified here; a key of another type can be named by a policy, and what it signed then counts as not checked.
import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { readBase64 } from "./bytes.ts";
import { quoted, VerifyError } from "./fault.ts";

/** UNIT: bytes of UTF-8. SOURCE: record L35. */
const NOTE_MAX_BYTES = 65_536;
const ED25519 = 0x01;

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
  if (type === ED25519 && key.length !== 32) throw new VerifyError(place, "an Ed25519 key has 32 bytes");
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
  const [, name, encoded] = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
  if (name === undefined || encoded === undefined) throw new VerifyError(place, "not `— <name> <base64>`");
  const bytes = readBase64(encoded, place);
  if (bytes.length < 5) throw new VerifyError(place, "too short for a key id and a signature");
  return { name, id: Buffer.from(bytes.subarray(0, 4)).toString("hex"), signature: bytes.subarray(4) };
}

/**
 * Which of the keys signed the note. Lines of unknown keys are passed over; a known key's wrong signature refuses the
 * whole note. Keys of a type that cannot be verified here are never among the answer.
 * @throws VerifyError
 */
export function signersOf(note: Note, keys: readonly VerifierKey[], place = "note"): readonly VerifierKey[] {
  const known = new Map(keys.filter(canVerify).map((key) => [signer(key), key]));
  const found: VerifierKey[] = [];
  for (const line of note.signatures) {
    const key = known.get(signer(line));
    if (key === undefined) continue;
    if (!verify(null, Buffer.from(note.text), ed25519(key.key), line.signature)) {
      throw new VerifyError(place, `the signature of ${quoted(key.name)} does not verify`);
    }
    found.push(key);
  }
  return found;
}

/** Is the key of a type whose signatures are verified here? */
export function canVerify(key: VerifierKey): boolean {
  return key.type === ED25519;
}

function signer(of: { readonly name: string; readonly id: string }): string {
  return `${of.name}+${of.id}`;
}

function ed25519(key: Uint8Array): KeyObject {
  const x = Buffer.from(key).toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}
