// SPDX-License-Identifier: Apache-2.0
// What a backup consists of, signed by the server that made it. Nothing that the manifest does not name is read.
import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { StoreError } from "../errors.ts";
import { writeDurable } from "../files.ts";
import type { FilePart, TablePart } from "./rows.ts";

export const MANIFEST_FILE = "manifest.json";
const SIGNATURE_FILE = "manifest.sig";
/** Before what is signed, so that the signature is good for nothing else. */
const CONTEXT = "bailiwick backup v1\n";

/** Of a set of files: rows, record and bodies in the one, keys in the other. */
export interface BackupManifest {
  readonly format: "bailiwick-backup/1";
  readonly made: string;
  readonly version: string;
  readonly node: string;
  readonly engine: "sqlite" | "postgres";
  /** The log that was written then. */
  readonly log: { readonly name: string; readonly size: number };
  /** Steps of the schema, with the SHA-256 of what they compile to. */
  readonly schema: readonly { readonly name: string; readonly sha256: string }[];
  readonly tables: readonly TablePart[];
  readonly files: readonly FilePart[];
  /** The set of the keys, which lies elsewhere. */
  readonly keys: { readonly tables: readonly TablePart[]; readonly files: readonly FilePart[] };
  /** Public key of the signature: SPKI, base64. */
  readonly signer: string;
}

const part = { path: z.string().min(1), bytes: z.number().int().min(0), sha256: z.string().length(64) } as const;
const file: z.ZodType<FilePart> = z.strictObject(part);
const table: z.ZodType<TablePart> = z.strictObject({
  ...part,
  table: z.string().regex(/^[a-z][a-z0-9_]{1,62}$/),
  rows: z.number().int().min(0),
});
const manifestShape: z.ZodType<BackupManifest> = z.strictObject({
  format: z.literal("bailiwick-backup/1"),
  made: z.string(),
  version: z.string(),
  node: z.string(),
  engine: z.enum(["sqlite", "postgres"]),
  log: z.strictObject({ name: z.string(), size: z.number().int().min(0) }),
  schema: z.array(z.strictObject({ name: z.string(), sha256: z.string() })),
  tables: z.array(table),
  files: z.array(file),
  keys: z.strictObject({ tables: z.array(table), files: z.array(file) }),
  signer: z.string(),
});

export async function writeManifest(set: string, manifest: BackupManifest, key: KeyObject): Promise<string> {
  const text = `${JSON.stringify(manifest, undefined, 1)}\n`;
  const signature = sign(null, Buffer.from(CONTEXT + text), key);
  await writeDurable(path.join(set, SIGNATURE_FILE), Buffer.from(`${signature.toString("base64")}\n`));
  // last: a set without its manifest is none
  await writeDurable(path.join(set, MANIFEST_FILE), Buffer.from(text));
  return text;
}

/** @throws StoreError STORE_BACKUP_DAMAGED */
export async function readManifest(set: string): Promise<{ readonly manifest: BackupManifest; readonly text: string }> {
  try {
    const text = await readFile(path.join(set, MANIFEST_FILE), "utf8");
    const manifest = manifestShape.parse(JSON.parse(text));
    const signature = Buffer.from((await readFile(path.join(set, SIGNATURE_FILE), "latin1")).trim(), "base64");
    const key = createPublicKey({ key: Buffer.from(manifest.signer, "base64"), format: "der", type: "spki" });
    if (!verify(null, Buffer.from(CONTEXT + text), key, signature)) throw new Error("the signature is not its own");
    for (const { path: name } of [
      ...manifest.files,
      ...manifest.tables,
      ...manifest.keys.files,
      ...manifest.keys.tables,
    ]) {
      if (path.isAbsolute(name) || path.normalize(name) !== name || name.startsWith("..")) {
        throw new Error("it names a file outside its folder");
      }
    }
    return { manifest, text };
  } catch (cause) {
    const why = cause instanceof z.ZodError ? "it is no manifest of this form" : String(cause);
    throw new StoreError("STORE_BACKUP_DAMAGED", `reading the manifest of a backup: ${why}`, { cause });
  }
}
