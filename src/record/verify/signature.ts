// SPDX-License-Identifier: Apache-2.0
// Who signed a note: Ed25519 over its text (type 01), and C2SP tlog-cosignature's timestamped Ed25519 (04) and ML-DSA-44
// (06), which are over the checkpoint that the text is. A key of another type can be named by a policy; what it signed
// counts as not checked.
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { parseCheckpointText } from "./checkpoint.ts";
import { quoted, VerifyError } from "./fault.ts";
import { type Note, type NoteSignature, signer, type VerifierKey } from "./note.ts";

export const ED25519 = 0x01;
export const ED25519_COSIGNATURE = 0x04;
export const ML_DSA_44 = 0x06;

/** UNIT: bytes. A timestamp, before the signature itself. */
const TIME_BYTES = 8;
/** What comes before the key in a SubjectPublicKeyInfo. SOURCE: RFC 8410 section 4, RFC 9881 section 4 */
const SPKI = {
  ed25519: Buffer.from("302a300506032b6570032100", "hex"),
  mlDsa44: Buffer.from("30820532300b06096086480165030403110382052100", "hex"),
} as const;
/** Large enough for every time that can be: 2^63-1 (tlog-cosignature, "Format"). */
const TIME_MAX = 2n ** 63n - 1n;

/** A key whose signature on a note is good. */
export interface Signing {
  readonly key: VerifierKey;
  /** UNIT: seconds since 1970. When it signed, as it says itself; nothing for type 01, which says no time. */
  readonly time: bigint | undefined;
}

/**
 * Which of the keys signed the note. Lines of unknown keys are passed over; a known key's wrong signature refuses the
 * whole note. Keys of a type that cannot be verified here are never among the answer.
 * @throws VerifyError
 */
export function signersOf(note: Note, keys: readonly VerifierKey[], place = "note"): readonly Signing[] {
  const known = new Map(keys.filter(canVerify).map((key) => [signer(key), key]));
  const found: Signing[] = [];
  for (const line of note.signatures) {
    const key = known.get(signer(line));
    if (key !== undefined) found.push({ key, time: checked(note, key, line, place) });
  }
  return found;
}

/** Is the key of a type whose signatures are verified here, by this runtime? */
export function canVerify(key: VerifierKey): boolean {
  switch (key.type) {
    case ED25519:
    case ED25519_COSIGNATURE:
      return true;
    case ML_DSA_44:
      return hasMlDsa44();
    default:
      return false;
  }
}

/** The message that a cosignature of type 06 is over: `cosigned_message` of tlog-cosignature, for a whole tree. */
export function cosignedMessage(signed: {
  readonly name: string;
  readonly time: bigint;
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
}): Uint8Array {
  const [name, origin] = [counted(signed.name), counted(signed.origin)];
  const [time, range] = [Buffer.alloc(8), Buffer.alloc(16)];
  time.writeBigUInt64BE(signed.time);
  range.writeBigUInt64BE(signed.size, 8);
  return Buffer.concat([Buffer.from("subtree/v1\n\0"), name, time, origin, range, signed.root]);
}

/** The time in a line that verifies. @throws VerifyError where it does not */
function checked(note: Note, key: VerifierKey, line: NoteSignature, place: string): bigint | undefined {
  const wrong = new VerifyError(place, `the signature of ${quoted(key.name)} does not verify`);
  const { signature } = line;
  if (key.type === ED25519) {
    if (!verify(null, Buffer.from(note.text), publicKey(key), signature)) throw wrong;
    return undefined;
  }
  if (signature.length <= TIME_BYTES) throw wrong;
  const time = Buffer.from(signature).readBigUInt64BE();
  const message = messageOf(note, key, time, place);
  if (time > TIME_MAX || !verify(null, message, publicKey(key), signature.subarray(TIME_BYTES))) throw wrong;
  return time;
}

function messageOf(note: Note, key: VerifierKey, time: bigint, place: string): Uint8Array {
  if (key.type === ED25519_COSIGNATURE) return Buffer.from(`cosignature/v1\ntime ${time}\n${note.text}`);
  return cosignedMessage({ name: key.name, time, ...parseCheckpointText(note.text, place) });
}

/** Bytes behind their number, which one byte holds (RFC 8446 section 3.4). */
function counted(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length < 1 || bytes.length > 255)
    throw new VerifyError("cosignature", "a name of 1 to 255 bytes is signed");
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}

/** A log's history has thousands of notes of one key, and making the key ready costs more than a signature does. */
const ready = new WeakMap<Uint8Array, KeyObject>();

function publicKey({ type, key }: VerifierKey): KeyObject {
  const known = ready.get(key);
  if (known !== undefined) return known;
  const head = type === ML_DSA_44 ? SPKI.mlDsa44 : SPKI.ed25519;
  const made = createPublicKey({ key: Buffer.concat([head, key]), format: "der", type: "spki" });
  ready.set(key, made);
  return made;
}

let mlDsa44: boolean | undefined;

/** Does this runtime verify ML-DSA-44 at all? OpenSSL before 3.5 does not. */
function hasMlDsa44(): boolean {
  mlDsa44 ??= canRead({ name: "", id: "", type: ML_DSA_44, key: new Uint8Array(1312) });
  return mlDsa44;
}

function canRead(key: VerifierKey): boolean {
  try {
    return publicKey(key).type === "public";
  } catch {
    return false;
  }
}
