// SPDX-License-Identifier: Apache-2.0
// The record over HTTP as an auditor asks it: what is found, how far that reaches, what it proves, and who may ask.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parsePolicy, verifyProof } from "../../src/record/verify/index.ts";
import { type Client, createClient, type RecordQuery } from "../../src/sdk/index.ts";
import { type Office, openOffice } from "../support/office.ts";

const document = (id: string): object => ({ type: "Document", id });

describe("the record is searched", () => {
  let office: Office;
  let client: Client;
  let token: string;
  beforeAll(async () => {
    office = await openOffice();
    token = (await readFile(path.join(office.running.config.dataDir, "cli-token"), "utf8")).trim();
    client = createClient({ baseUrl: office.running.publicUrl, token });
    await using agent = await office.connect();
    await agent.call("read_text_file", { path: "invoices/2041.txt" });
    await agent.call("read_text_file", { path: "customers/customers.csv" });
    await agent.act("execute", "write_file", { path: "invoices/2041.txt", content: "total 1.00 EUR\n" });
    // a refusal holds nobody up: it is durable a moment after it was said
    while ((await client.decisions()).decisions.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  });
  afterAll(() => office[Symbol.asyncDispose]());

  const found = async (asked: RecordQuery): Promise<readonly unknown[]> =>
    (await client.record.search(asked)).hits.map(({ row }) => row.entry["resource"] ?? row.entry["name"]);

  async function raw(where: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${office.running.publicUrl}${where}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
  }

  test("L38: what was just done is found, by each of the things it says", async () => {
    const denied = document("files/invoices/2041.txt");
    expect(await found({ terms: { answer: ["deny"] } })).toEqual([denied]);
    expect(await found({ terms: { identity: ["invoice-helper"], verb: ["execute"] } })).toEqual([denied]);
    expect(await found({ terms: { policy: ["personal-data-is-masked"] } })).toEqual([
      document("files/customers/customers.csv"),
    ]);
    expect(await found({ terms: { resource: ["files/invoices/2041.txt"], type: ["decision"] } })).toHaveLength(2);
    expect(await found({ terms: { name: ["process.started"] } })).toEqual(["process.started"]);
    expect(await found({ terms: { name: ["nothing.such"] } })).toEqual([]);
  });

  test("L38: one word is found by whatever it is, and the answer says what it was taken for", async () => {
    const [hit] = (await client.record.search({ terms: { answer: ["deny"] } })).hits;
    const { row, index = -1 } = hit ?? {};
    const words = [
      [row?.reference, "reference"],
      [row?.ref, "index"],
      [String(index), "index"],
      [row?.ref.split(":").at(-1), "leaf"],
      ["invoice-helper", "identity"],
      ["execute", "verb"],
      ["files/invoices/2041.txt", "resource"],
    ] as const;
    for (const [q = "", kind] of words) {
      const answer = await client.record.search({ q });
      expect(answer.meant?.kind, q).toBe(kind);
      expect(
        answer.hits.map((one) => one.index),
        q,
      ).toContain(index);
    }
    expect(await client.record.search({ q: "nobody-knows-it" })).toMatchObject({
      hits: [],
      meant: { kind: "nothing" },
    });
  });

  test("L38: an answer says how far it reaches and what it proves; its pages follow one another", async () => {
    const whole = await client.record.search({ limit: 1000 });
    expect(whole).toMatchObject({ complete: true, indexedThrough: whole.size, next: undefined });
    expect(whole.proves).toMatch(/no more is not/);
    expect(whole.hits.map(({ index }) => index)).toEqual(Array.from(whole.hits, (_, i) => whole.size - 1 - i));
    const seen: number[] = [];
    for (let cursor: number | undefined = whole.size; cursor !== undefined; ) {
      const page: Awaited<ReturnType<typeof client.record.search>> = await client.record.search({ cursor, limit: 7 });
      seen.push(...page.hits.map(({ index }) => index));
      cursor = page.next;
    }
    expect(seen).toEqual(whole.hits.map(({ index }) => index));
  });

  test("L38: proofs of a page share one checkpoint, and each holds with the key alone", async () => {
    const trust = parsePolicy(await readFile(office.running.trustFile));
    const { hits, checkpoint = "" } = await client.record.search({ terms: { type: ["decision"] }, proofs: true });
    expect(hits).toHaveLength(3);
    for (const { index, path: hashes = [], row } of hits) {
      const [whole] = await client.entry(index);
      const text = ["c2sp.org/tlog-proof@v1", `index ${index}`, ...hashes, "", checkpoint].join("\n");
      const entry = Buffer.from(JSON.stringify(whole?.entry));
      expect(verifyProof(text, trust, { entry }).ok, row.reference).toBe(true);
      const own = await raw(`/api/record/entries/main-1/${index}/proof`);
      expect(own.headers.get("content-disposition")).toContain(`entry-${index}.tlog-proof`);
      expect(verifyProof(await own.text(), trust).ok).toBe(true);
    }
  });

  test("L38: an entry has an address by its log and index, and another log has none here", async () => {
    const one = await raw("/api/record/entries/main-1/0");
    expect(await one.json()).toMatchObject({ entry: { name: "log.opened" } });
    for (const where of ["main-2/0", "main-1/999999", "main-1/x", "..%2fmain-1/0"]) {
      expect((await raw(`/api/record/entries/${where}`)).status, where).toBe(404);
    }
  });

  test("L38: what is no question is refused in words", async () => {
    for (const query of ["limit=0", "limit=x", "cursor=-1", "after=yesterday", "proofs=maybe", "who=x", "answer="]) {
      const response = await raw(`/api/record/search?${query}`);
      expect(response.status, query).toBe(400);
      expect(await response.json()).toMatchObject({ code: "API_MALFORMED" });
    }
  });

  test("L38: nobody searches who did not sign in", async () => {
    for (const where of ["search", "entries/main-1/0", "entries/main-1/0/proof"]) {
      const response = await raw(`/api/record/${where}`, { authorization: "Bearer nobody" });
      expect(response.status, where).toBe(401);
    }
  });
});
