// SPDX-License-Identifier: Apache-2.0
// The encodings a log is made of, each with one spelling only: a second one would let two texts mean the same bytes.
import { VerifyError } from "./fault.ts";

/** Largest tree size: 2^63-1, so that every implementation can hold it (record L35). */
const SIZE_MAX = 2n ** 63n - 1n;

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** RFC 4648 section 4 with padding, and with nothing left over in the last character. */
export function readBase64(text: string, place: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new VerifyError(place, "not canonical base64");
  return bytes;
}

/** A SHA-256 hash in base64. */
export function readHash(text: string, place: string): Uint8Array {
  const bytes = readBase64(text, place);
  if (bytes.length !== 32) throw new VerifyError(place, `a hash of ${bytes.length} bytes instead of 32`);
  return bytes;
}

/** ASCII decimal without a sign or leading zeros, at most 2^63-1. */
export function readDecimal(text: string, place: string): bigint {
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(text)) throw new VerifyError(place, "not a decimal number");
  const value = BigInt(text);
  if (value > SIZE_MAX) throw new VerifyError(place, "over 2^63-1");
  return value;
}

export function readUtf8(bytes: Uint8Array, place: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new VerifyError(place, "not UTF-8");
  }
}

const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as in gzip (RFC 1952 section 8), over several pieces as if they were one. */
export function crc32(...pieces: readonly Uint8Array[]): number {
  let crc = 0xffffffff;
  for (const piece of pieces) {
    for (const byte of piece) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
