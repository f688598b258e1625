// SPDX-License-Identifier: Apache-2.0
// Secrets that a person or a command on this host picks up from the data directory.
import { hash, timingSafeEqual } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import type { Random } from "../core/index.ts";

/** UNIT: bytes. 256 bits. */
const SECRET_BYTES = 32;

export function newSecret(random: Random): string {
  return Buffer.from(random.bytes(SECRET_BYTES)).toString("base64url");
}

/** What is stored of a secret; 256 random bits need no salt. */
export function secretHash(secret: string): string {
  return hash("sha256", secret, "base64url");
}

/** Compares in constant time, whatever the lengths. */
export function isSecret(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(secretHash(given)), Buffer.from(secretHash(expected)));
}

/** Puts a 0600 file in place of whatever stood there. */
export async function writeSecretFile(file: string, text: string): Promise<void> {
  const temp = `${file}.tmp`;
  await rm(temp, { force: true });
  const handle = await open(temp, "wx", 0o600);
  try {
    await handle.writeFile(`${text}\n`);
  } finally {
    await handle.close();
  }
  await rename(temp, file);
}
