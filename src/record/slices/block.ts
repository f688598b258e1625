// SPDX-License-Identifier: Apache-2.0
// Slices as they lie in a file, one file a day: blocks of what was written together in one erasure domain. The slices of one
// moment are nearly the same text, so a block is compressed whole, and then sealed whole under the key of its day and that
// of its domain: whoever destroys one of the two has erased it.
import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompressSync } from "node:zlib";
import { sealed, unsealed } from "../keep/seal.ts";

/** `BWSD`, u32 bytes after this header, first and last entry id and the domain as 16 bytes each. Big-endian. */
export const HEADER_BYTES = 56;
const MAGIC = "BWSD";
/** Where the domain's bytes begin; zeros for slices of no domain. */
const DOMAIN_AT = 40;
const NO_DOMAIN: Buffer = Buffer.alloc(16);
const DOMAIN_PREFIX = "e1:";
/** UNIT: bytes. No block is longer: a length beyond it is damage. */
const BLOCK_MAX_BYTES: number = 64 * 1024 * 1024;

const compress = promisify(zstdCompress);

export interface NamedText {
  readonly id: string;
  readonly text: string;
}

export interface BlockHeader {
  /** UNIT: bytes after the header. */
  readonly bytes: number;
  readonly first: string;
  readonly last: string;
  /** Empty for slices of no domain. */
  readonly domain: string;
}

export interface BlockKey {
  /** Of the day and the domain together. */
  readonly key: KeyObject;
  readonly day: string;
}

/** @param texts - at least one */
export async function writeBlock(
  texts: readonly NamedText[],
  { key, day, domain, nonce }: BlockKey & { readonly domain: string; readonly nonce: Uint8Array },
): Promise<Buffer> {
  const ids = texts.map(({ id }) => id).toSorted();
  const lines = texts.map(({ id, text }) => `${id} ${text}\n`).join("");
  const plain = await compress(lines, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, "latin1");
  header.write(bare(ids[0]), 8, "hex");
  header.write(bare(ids.at(-1)), 24, "hex");
  header.write(domain.slice(DOMAIN_PREFIX.length), DOMAIN_AT, "base64url");
  const body = sealed(plain, { under: key, about: aboutOf(day, header), nonce });
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

/** Nothing where no block begins here. */
export function readHeader(bytes: Buffer): BlockHeader | undefined {
  if (bytes.length < HEADER_BYTES || bytes.toString("latin1", 0, 4) !== MAGIC) return undefined;
  const length = bytes.readUInt32BE(4);
  if (length > BLOCK_MAX_BYTES) return undefined;
  const domain = bytes.subarray(DOMAIN_AT, HEADER_BYTES);
  return {
    bytes: length,
    first: dashed(bytes, 8),
    last: dashed(bytes, 24),
    domain: domain.equals(NO_DOMAIN) ? "" : `${DOMAIN_PREFIX}${domain.toString("base64url")}`,
  };
}

/** The texts of a block by entry id; nothing where it was changed or its key is another. */
export function readBlock(
  header: Buffer,
  body: Buffer,
  { key, day }: BlockKey,
): ReadonlyMap<string, string> | undefined {
  const plain = unsealed(body, key, aboutOf(day, header));
  if (plain === undefined) return undefined;
  const lines = zstdDecompressSync(plain, { maxOutputLength: 8 * BLOCK_MAX_BYTES })
    .toString("utf8")
    .split("\n");
  return new Map(lines.slice(0, -1).map((line) => [line.slice(0, ID_LENGTH), line.slice(ID_LENGTH + 1)]));
}

/** UNIT: characters of a UUID. */
const ID_LENGTH = 36;

function aboutOf(day: string, header: Buffer): string {
  return `${day} ${header.toString("hex", 8, HEADER_BYTES)}`;
}

function bare(id = ""): string {
  return id.replaceAll("-", "");
}

function dashed(bytes: Buffer, at: number): string {
  const hex = bytes.toString("hex", at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
