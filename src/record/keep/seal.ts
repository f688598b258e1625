// SPDX-License-Identifier: Apache-2.0
// What lies on the disk and may be erased is sealed (record L5, L7): who destroys the key has erased it, wherever copies are.
import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";

export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface SealUnder {
  readonly under: KeyObject;
  /** What it is: moved elsewhere, it does not open. */
  readonly about: string;
  readonly nonce: Uint8Array;
}

/** AES-256-GCM: nonce, ciphertext, tag. */
export function sealed(plain: Uint8Array, { under, about, nonce }: SealUnder): Buffer {
  const cipher = createCipheriv("aes-256-gcm", under, nonce).setAAD(Buffer.from(about));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Nothing where it was changed, moved, or sealed under another key. */
export function unsealed(bytes: Uint8Array, under: KeyObject, about: string): Buffer | undefined {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", under, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined; // the one thing that a tag says: not these bytes under this key
  }
}
