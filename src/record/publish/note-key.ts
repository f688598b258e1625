// SPDX-License-Identifier: Apache-2.0
// Keys that sign checkpoints, and the lines that they write under them: Ed25519 over the text (C2SP signed-note, type 01),
// and the timestamped cosignatures of C2SP tlog-cosignature, Ed25519 (04) and ML-DSA-44 (06).
import { hash, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import type { Instant } from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import { base64Of, bytesOf, type Hash } from "../tree/hash.ts";

/** Signature types of signed-note, with the kind of key and the bytes of its public half. */
const TYPES = {
  note: { type: 0x01, kind: "ed25519", bytes: 32 },
  cosignature: { type: 0x04, kind: "ed25519", bytes: 32 },
  subtree: { type: 0x06, kind: "ml-dsa-44", bytes: 1312 },
} as const;

export type NoteKeyUse = keyof typeof TYPES;

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A tree head, and whose it is. */
export interface TreeHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

export interface NoteKey {
  /** `<name>+<key id>+<key>` (signed-note, "Verifier keys"). */
  readonly vkey: string;
  /** How its lines begin. */
  readonly prefix: string;
  /** The line that signs a head, with its line feed. */
  line(head: TreeHead, at: Instant): string;
  /** The same beside this thread: ML-DSA-44 takes about 1.4 ms, in which a busy gate has other things to do. */
  lineLater(head: TreeHead, at: Instant): Promise<string>;
}

const signLater = promisify(sign);

/** @throws RecordError RECORD_CONFIG where the key is of another kind */
export function createNoteKey(use: NoteKeyUse, name: string, keys: KeyPair): NoteKey {
  const { type, kind, bytes } = TYPES[use];
  if (keys.publicKey.asymmetricKeyType !== kind) {
    throw new RecordError("RECORD_CONFIG", `opening the record ${name}: its key is no ${kind} key`);
  }
  const spki = keys.publicKey.export({ type: "spki", format: "der" });
  const key = Buffer.concat([Uint8Array.of(type), spki.subarray(-bytes)]);
  const id = hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), key]), "buffer").subarray(0, 4);
  return {
    vkey: `${name}+${id.toString("hex")}+${key.toString("base64")}`,
    prefix: `— ${name} ${id.toString("base64").slice(0, 5)}`,
    line(head, at) {
      const { message, time } = messageOf(use, { name, head, time: Math.floor(at / 1000) });
      return lineOf(name, [id, time, sign(null, message, keys.privateKey)]);
    },
    async lineLater(head, at) {
      const { message, time } = messageOf(use, { name, head, time: Math.floor(at / 1000) });
      return lineOf(name, [id, time, await signLater(null, message, keys.privateKey)]);
    },
  };
}

function lineOf(name: string, pieces: readonly Buffer[]): string {
  return `— ${name} ${Buffer.concat(pieces).toString("base64")}\n`;
}

/** Text of a checkpoint (C2SP tlog-checkpoint), which every line is about. */
export function checkpointText({ origin, size, root }: TreeHead): string {
  return `${origin}\n${size}\n${base64Of(root)}\n`;
}

interface Signed {
  readonly name: string;
  readonly head: TreeHead;
  /** UNIT: seconds. */
  readonly time: number;
}

/** What is signed, and what stands before the signature. */
function messageOf(use: NoteKeyUse, { name, head, time }: Signed): { readonly message: Buffer; readonly time: Buffer } {
  const text = checkpointText(head);
  if (use === "note") return { message: Buffer.from(text), time: Buffer.alloc(0) };
  if (use === "subtree") return { message: subtreeMessage(name, head, time), time: uint64(time) };
  return { message: Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), time: uint64(time) };
}

/** `cosigned_message` of tlog-cosignature, for a whole tree: it commits to the signer's name, and not to the text. */
function subtreeMessage(name: string, { origin, size, root }: TreeHead, time: number): Buffer {
  const head = Buffer.concat([Buffer.from("subtree/v1\n\0"), counted(name), uint64(time), counted(origin)]);
  return Buffer.concat([head, uint64(0), uint64(size), bytesOf(root)]);
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
