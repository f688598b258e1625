// SPDX-License-Identifier: Apache-2.0
// A part of the log as it is handed out (record L39): lines, and behind them what proves them. The proof of the whole part is
// an entry of the log itself: it has the digest of the manifest, and the manifest has those of the files. So an export is
// signed with the log's own key, by way of the log, and that it was made is on record.
import { createHash, type Hash } from "node:crypto";
import {
  canonicalize,
  digestOf,
  type IdentityId,
  type JsonObject,
  jsonObject,
  parseDigest,
  type RecordedEntry,
  writeJson,
} from "../../core/index.ts";
import type { LeafLine } from "../read/reader.ts";
import type { RecordRoom } from "../room.ts";

/** Entries of one part at most: whoever loses the connection asks for one part again, and not for everything. */
export const PART_ENTRIES = 65_536;

export type ExportFormat = "jsonl" | "ocsf";

export interface PartAsk {
  /** Index of the first entry. */
  readonly from: number;
  /** Index after the last one. */
  readonly to: number;
  readonly format: ExportFormat;
  readonly by: IdentityId | "system";
  /** Makes an entry another document; the entry as it was hashed where it is left out. */
  readonly map?: (entry: RecordedEntry) => JsonObject | undefined;
}

type PartRecord = Pick<RecordRoom, "append" | "lines" | "prove" | "proveRange" | "status">;

/** Lines of the part, each with its end, and then one line `{"export": {manifest, proof, range?}}`. */
export async function* exportPart(record: PartRecord, ask: PartAsk): AsyncGenerator<string> {
  const { from, to, format } = ask;
  await record.append(readEntry(ask, "an export begins", {}));
  const file = { name: `entries-${place(from)}.jsonl`, hash: createHash("sha256"), bytes: 0 };
  for await (const line of record.lines({ from, to })) {
    const text = lineOf(line, ask);
    if (text === undefined) continue;
    file.bytes += Buffer.byteLength(text);
    file.hash.update(text);
    yield text;
  }
  const range = format === "jsonl" ? await record.proveRange(from, to) : undefined;
  const files = [file, ...(range === undefined ? [] : [textFile(`range-${place(from)}.txt`, range)])];
  const manifest = manifestOf(record.status().origin, ask, files);
  const { ref } = await record.append(readEntry(ask, "an export was handed out", { after: digestOf(manifest) }));
  const proof = await record.prove(ref.index);
  const text = Buffer.from(canonicalize(manifest)).toString();
  yield `${JSON.stringify({ export: { manifest: text, proof, ...(range === undefined ? {} : { range }) } })}\n`;
}

interface HashedFile {
  readonly name: string;
  readonly hash: Hash;
  readonly bytes: number;
}

function lineOf(line: LeafLine, { map }: PartAsk): string | undefined {
  // the entry stands there byte for byte as it was hashed
  if (map === undefined) return `{"index":${line.index},"leaf":"${line.leaf}","entry":${line.text}}\n`;
  const mapped = map(line.read());
  return mapped === undefined ? undefined : `${writeJson(mapped)}\n`;
}

function textFile(name: string, text: string): HashedFile {
  return { name, hash: createHash("sha256").update(text), bytes: Buffer.byteLength(text) };
}

function manifestOf(log: string, { from, to, format }: PartAsk, files: readonly HashedFile[]): JsonObject {
  return jsonObject([
    ["kind", "bailiwick/export@v1"],
    ["log", log],
    ["format", format],
    ["from", from],
    ["to", to],
    [
      "files",
      files.map(({ name, hash, bytes }) =>
        jsonObject([
          ["name", name],
          ["bytes", bytes],
          ["sha256", hash.digest("hex")],
        ]),
      ),
    ],
  ]);
}

function readEntry(
  { from, to, format, by }: PartAsk,
  because: string,
  { after }: { readonly after?: string },
): Parameters<PartRecord["append"]>[0] {
  const data = jsonObject(Object.entries({ what: "export", from, to, format }));
  const digest = after === undefined ? {} : { after: parseDigest(after) };
  return { type: "admin", name: "log.read", by, because, ...digest, data };
}

/** An index as file names have it, so that they sort. */
export function place(index: number): string {
  return String(index).padStart(12, "0");
}
