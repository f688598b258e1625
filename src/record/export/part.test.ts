// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { jsonObject } from "../../core/index.ts";
import { adminDraft, intentDraft } from "../testing/drafts.ts";
import { openTestRecord } from "../testing/rooms.ts";
import { isExport, type Policy, parsePolicy, verifyExport, verifyProof } from "../verify/index.ts";
import { exportPart, type PartAsk, place } from "./part.ts";

type Files = Map<string, string>;

/** A log and its export in parts, as the command lays it down. */
async function exported(parts: readonly (readonly [from: number, to: number])[], ask: Partial<PartAsk> = {}) {
  const { room } = await openTestRecord();
  while (room.size() < 12) await room.append(room.size() % 2 === 0 ? intentDraft() : adminDraft('says "10" and “9”'));
  const files: Files = new Map();
  for (const [from, to] of parts) {
    const lines: string[] = [];
    for await (const line of exportPart(room, { from, to, format: "jsonl", by: "system", ...ask })) lines.push(line);
    const told = JSON.parse(lines.pop() ?? "") as { export: { manifest: string; proof: string; range?: string } };
    files.set(`entries-${place(from)}.jsonl`, lines.join(""));
    files.set(`manifest-${place(from)}.json`, told.export.manifest);
    files.set(`manifest-${place(from)}.tlog-proof`, told.export.proof);
    if (told.export.range !== undefined) files.set(`range-${place(from)}.txt`, told.export.range);
  }
  return { room, files, trust: parsePolicy(room.trustPolicy()) };
}

function verdictOf(
  files: Files,
  trust: Policy | undefined,
): { readonly ok: boolean; readonly failed: readonly string[] } {
  const read = (path: string): Uint8Array | undefined => {
    const text = files.get(path);
    return text === undefined ? undefined : Buffer.from(text);
  };
  const { ok, checks } = verifyExport({ list: () => [...files.keys()], read }, trust);
  return { ok, failed: checks.filter(({ result }) => result === "failed").map(({ name }) => name) };
}

test("L39: an export in parts holds, and that it was made is on record", async () => {
  const { room, files, trust } = await exported([
    [0, 5],
    [5, 9],
  ]);
  expect(isExport({ list: () => [...files.keys()] })).toBe(true);
  expect(verdictOf(files, trust)).toEqual({ ok: true, failed: [] });
  const told: unknown[] = [];
  for await (const { entry } of room.read({ from: 12 })) told.push([entry["name"], entry["because"]]);
  expect(told).toEqual([
    ["log.read", "an export begins"],
    ["log.read", "an export was handed out"],
    ["log.read", "an export begins"],
    ["log.read", "an export was handed out"],
  ]);
});

test("L39: a character changed in any file of an export is found", async () => {
  const { files, trust } = await exported([
    [0, 5],
    [5, 9],
  ]);
  for (const [path, text] of files) {
    const ends = text.indexOf("\n—");
    // a signature of a key that nobody trusts may be anything
    const length = ends < 0 ? text.length : ends;
    for (let at = 0; at < length; at += 61) {
      const other = text[at] === "1" ? "2" : "1";
      const changed = new Map(files).set(path, `${text.slice(0, at)}${other}${text.slice(at + 1)}`);
      expect(verdictOf(changed, trust).ok, `${path} at ${at}`).toBe(false);
    }
  }
});

test("L39: an entry left out, a part left out, a file too many: none of them passes", async () => {
  const { files, trust } = await exported([
    [0, 4],
    [4, 8],
    [8, 11],
  ]);
  const lines = files.get(`entries-${place(4)}.jsonl`) ?? "";
  const fewer = new Map(files).set(`entries-${place(4)}.jsonl`, lines.slice(lines.indexOf("\n") + 1));
  expect(verdictOf(fewer, trust).failed).toEqual(["files", "range"]);
  const without = new Map([...files].filter(([path]) => !path.includes(place(4))));
  expect(verdictOf(without, trust).failed).toEqual(["manifest"]);
  expect(verdictOf(new Map(files).set("more.jsonl", ""), trust).failed).toEqual(["files"]);
  expect(verdictOf(new Map(files).set("verify.mjs", ""), trust).ok).toBe(true);
  for (const path of files.keys()) {
    const missing = new Map([...files].filter(([one]) => one !== path));
    expect(verdictOf(missing, trust).ok, path).toBe(false);
  }
});

test("L39: a manifest that the log does not name is no manifest", async () => {
  const [mine, other] = [await exported([[0, 5]]), await exported([[0, 4]])];
  const mixed = new Map(other.files).set(
    `manifest-${place(0)}.tlog-proof`,
    mine.files.get(`manifest-${place(0)}.tlog-proof`) ?? "",
  );
  expect(verdictOf(mixed, mine.trust).failed).toContain("manifest");
  expect(verdictOf(mine.files, undefined)).toEqual({ ok: false, failed: [] });
});

const map: PartAsk["map"] = ({ ref, entry }) =>
  entry["type"] === "admin" ? jsonObject([["uid", `${ref.index}`]]) : undefined;

test("L39: lines of another form are held by the manifest, and say that they carry no proof of their own", async () => {
  const { room, files, trust } = await exported([[0, 5]], { format: "ocsf", map });
  expect(files.get(`entries-${place(0)}.jsonl`)).toBe('{"uid":"0"}\n{"uid":"1"}\n{"uid":"3"}\n');
  expect(verdictOf(files, trust)).toEqual({ ok: true, failed: [] });
  files.set(`entries-${place(0)}.jsonl`, '{"uid":"0"}\n{"uid":"1"}\n{"uid":"2"}\n');
  expect(verdictOf(files, trust).failed).toEqual(["files"]);
  const proof = files.get(`manifest-${place(0)}.tlog-proof`) ?? "";
  expect(verifyProof(proof, parsePolicy(room.trustPolicy())).ok).toBe(true);
});
