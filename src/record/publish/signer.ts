// SPDX-License-Identifier: Apache-2.0
// Signs checkpoints: C2SP tlog-checkpoint text in a signed note, with one Ed25519 key whose name is the origin.
import { hash, type KeyObject, sign } from "node:crypto";
import { RecordError } from "../errors.ts";
import { base64Of, type Hash } from "../tree/hash.ts";

/** Signature type of Ed25519 in signed-note. */
const ED25519 = 0x01;
/** A public key ends its SubjectPublicKeyInfo (RFC 8410 section 4). */
const KEY_BYTES = 32;

export interface Signer {
  /** `<origin>+<key id>+<key>` (signed-note, "Verifier keys"). */
  readonly vkey: string;
  /** The same size and root give the same bytes each time. */
  checkpoint(size: number, root: Hash): string;
}

export function createSigner(
  origin: string,
  keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
): Signer {
  if (keys.publicKey.asymmetricKeyType !== "ed25519") {
    throw new RecordError("RECORD_CONFIG", `opening the record ${origin}: its key is not an Ed25519 key`);
  }
  const spki = keys.publicKey.export({ type: "spki", format: "der" });
  const key = Buffer.concat([Uint8Array.of(ED25519), spki.subarray(-KEY_BYTES)]);
  const id = hash("sha256", Buffer.concat([Buffer.from(`${origin}\n`), key]), "buffer").subarray(0, 4);
  return {
    vkey: `${origin}+${id.toString("hex")}+${key.toString("base64")}`,
    checkpoint(size, root) {
      const text = `${origin}\n${size}\n${base64Of(root)}\n`;
      const signature = Buffer.concat([id, sign(null, Buffer.from(text), keys.privateKey)]);
      return `${text}\n— ${origin} ${signature.toString("base64")}\n`;
    },
  };
}

/** The policy (C2SP tlog-policy) that trusts this log and asks for no witness. */
export function trustPolicy(vkey: string): string {
  return `log ${vkey}\nquorum none\n`;
}
