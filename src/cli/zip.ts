// SPDX-License-Identifier: Apache-2.0
// Reads a zip (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16) as a folder: stored and deflated files of one disk. What is
// not listed in its directory is not there, names lead nowhere, and no file grows beyond what the directory says.
import { crc32, inflateRawSync } from "node:zlib";
import type { LogSource } from "../record/verify/index.ts";
import { CliError } from "./errors.ts";
import { EXIT } from "./exit.ts";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** UNIT: bytes. Of the end record without its comment, and of the longest comment. */
const END_BYTES = 22;
const COMMENT_MAX = 0xffff;
/** UNIT: bytes, of one file when it is unpacked. */
const FILE_MAX_BYTES = 256 * 1024 * 1024;

interface Packed {
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= END_BYTES && Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE() === LOCAL;
}

/** @throws CliError CLI_UNREADABLE */
export function zipSource(content: Uint8Array, named: string): LogSource {
  const zip = Buffer.from(content.buffer, content.byteOffset, content.length);
  const files = attempted(named, () => directoryOf(zip));
  return {
    list: () => [...files.keys()],
    read: (name) => {
      const file = files.get(name);
      return file === undefined ? undefined : attempted(`${name} of ${named}`, () => unpack(zip, file));
    },
  };
}

function attempted<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const fix = "unpack it yourself, and name the folder";
    throw new CliError("CLI_UNREADABLE", `cannot read ${what}: ${why}`, { fix, exit: EXIT.failed, cause });
  }
}

function directoryOf(zip: Buffer): ReadonlyMap<string, Packed> {
  const end = endOf(zip);
  const count = zip.readUInt16LE(end + 10);
  const files = new Map<string, Packed>();
  for (let at = zip.readUInt32LE(end + 16), i = 0; i < count; i++) {
    if (zip.readUInt32LE(at) !== CENTRAL) throw new Error("its directory is damaged");
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const name = zip.toString("utf8", at + 46, at + 46 + (nameBytes ?? 0));
    if (!name.endsWith("/")) {
      if (files.has(name)) throw new Error(`it has ${name} twice`);
      files.set(name, packedAt(zip, at));
    }
    at += 46 + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
  }
  return files;
}

function packedAt(zip: Buffer, at: number): Packed {
  const encrypted = (zip.readUInt16LE(at + 8) & 1) === 1;
  if (encrypted) throw new Error("it is encrypted");
  return {
    method: zip.readUInt16LE(at + 10),
    crc: zip.readUInt32LE(at + 16),
    packedBytes: zip.readUInt32LE(at + 20),
    bytes: zip.readUInt32LE(at + 24),
    offset: zip.readUInt32LE(at + 42),
  };
}

function endOf(zip: Buffer): number {
  for (let at = zip.length - END_BYTES; at >= Math.max(0, zip.length - END_BYTES - COMMENT_MAX); at--) {
    if (zip.readUInt32LE(at) === END) return at;
  }
  throw new Error("it has no directory");
}

function unpack(zip: Buffer, { method, crc, packedBytes, bytes, offset }: Packed): Uint8Array {
  if (zip.readUInt32LE(offset) !== LOCAL) throw new Error("its directory leads to no file");
  if (bytes > FILE_MAX_BYTES) throw new Error(`it is over ${FILE_MAX_BYTES} bytes`);
  const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
  const packed = zip.subarray(start, start + packedBytes);
  const content =
    method === 0 ? packed : method === 8 ? inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) }) : undefined;
  if (content === undefined) throw new Error(`it is packed by method ${method}`);
  if (content.length !== bytes || crc32(content) !== crc) throw new Error("it is damaged");
  return content;
}
