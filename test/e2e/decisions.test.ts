// SPDX-License-Identifier: Apache-2.0
// Decisions over HTTP as a program asks for them: narrowed, page by page, one of them whole, and its proof checked by the
// command that needs no server.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, createClient } from "../../src/sdk/index.ts";
import { replayFolder } from "../../src/server/index.ts";
import { type Office, openOffice, ROOT } from "../support/office.ts";

const run = promisify(execFile);

describe("decisions over HTTP", () => {
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
  });
  afterAll(() => office[Symbol.asyncDispose]());

  async function ask(search: string): Promise<readonly [number, string]> {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${office.running.publicUrl}/api/decisions?${search}`, { headers });
    return [answer.status, await answer.text()];
  }

  test("X36: a list is narrowed by answer, who, verb, gate, label and rule, and goes on page by page", async () => {
    // a refusal holds nobody up: it is durable a moment after it was said
    await expect.poll(async () => (await client.decisions()).decisions.length, { timeout: 10_000 }).toBe(3);
    const all = (await client.decisions()).decisions;
    const resources = async (asked: Parameters<Client["decisions"]>[0]): Promise<readonly string[]> =>
      (await client.decisions(asked)).decisions.map(({ resource }) => resource);
    expect(await resources({ answer: ["deny"] })).toEqual(["files/invoices/2041.txt"]);
    // what came after the customers were read carries their label; what came before does not
    expect(await resources({ label: "personal" })).toEqual([
      "files/invoices/2041.txt",
      "files/customers/customers.csv",
    ]);
    expect(await resources({ policy: "personal-data-is-masked" })).toEqual(["files/customers/customers.csv"]);
    expect(await resources({ who: "invoice-helper", verb: ["execute"], server: "files" })).toHaveLength(1);
    expect(await resources({ before: all.at(-1)?.at ?? "" })).toEqual([]);
    const first = await client.decisions({ limit: 1 });
    const rest = await client.decisions({ cursor: first.next ?? 0 });
    expect([...first.decisions, ...rest.decisions]).toEqual(all);
  });

  test("X36: a filter that nobody knows is refused in words, and not left out", async () => {
    for (const [search, named] of [
      ["answer=perhaps", "answer"],
      ["verb=eat", "verb"],
      ["after=yesterday", "after"],
      ["limit=0", "limit"],
      ["cursor=-1", "cursor"],
      ["weather=rain", "weather"],
    ] as const)
      expect(await ask(search)).toEqual([400, expect.stringContaining(named)]);
  });

  test("D46: what was decided comes out of the kept questions again, to the byte; another rule shows in every call it stops", async () => {
    const { dataDir, policies } = office.running.config;
    const same = await replayFolder({ dataDir, candidate: policies.dir, window: "1d" });
    expect(same.same).toEqual({ decisions: same.decisions, differing: 0 });
    // three calls, and what came back from the two that were let through
    expect(same).toMatchObject({ decisions: 5, changes: { unchanged: 5, undecidable: 0 }, examples: [] });
    const stricter = await mkdtemp(path.join(tmpdir(), "bailiwick-replay-"));
    await cp(policies.dir, stricter, { recursive: true });
    const rule =
      '@id("no-invoices") forbid (principal, action in Action::"read", resource in Collection::"files/invoices");\n';
    await writeFile(path.join(stricter, "95-more.cedar"), rule);
    const tried = await replayFolder({ dataDir, candidate: stricter, window: "all" });
    expect(tried.changes).toEqual({ unchanged: 3, tightened: 2, loosened: 0, undecidable: 0 });
    expect(tried.pairs).toEqual([{ from: "allow", to: "deny", count: 2 }]);
    expect(tried.rules).toEqual([{ name: "no-invoices", tightened: 2, loosened: 0, undecidable: 0 }]);
    expect(tried.examples.map(({ part, because }) => [part, because])).toEqual([
      ["call", ["no-invoices"]],
      ["release", ["no-invoices"]],
    ]);
    await rm(stricter, { recursive: true });
    const digest = office.running.bundle.digest;
    const asked = await client.replay({ window: "7d", candidate: digest });
    expect(asked).toMatchObject({ complete: true, summary: { decisions: 5, same: { decisions: 5, differing: 0 } } });
    const on = await client.replay({ window: "7d", candidate: digest, from: asked.summary });
    expect({ ...on.summary, next: 0 }).toEqual({ ...asked.summary, next: 0 });
    await expect(client.replay({ window: "7d", candidate: `sha256:${"0".repeat(64)}` })).rejects.toThrow(
      "no set of that digest",
    );
    await expect(client.replay({ window: "yesterday", candidate: digest })).rejects.toThrow("write 7d");
  });

  test("D40, D43: why, in words and with values, for who may see them; and the look is an entry", async () => {
    const [denied] = (await client.decisions({ answer: ["deny"] })).decisions;
    const [refused] = await client.why(denied?.reference ?? "");
    expect(refused).toMatchObject({ part: "call", answer: "deny", action: "execute" });
    expect(refused?.rules).toMatchObject([
      {
        id: "invoices-are-read-only",
        tier: "deny",
        scope: "whoever asks, to do what has an effect, what lies in Collection files/invoices",
        clauses: [],
      },
    ]);
    const [limited] = (await client.decisions({ answer: ["limit"] })).decisions;
    const [allowed, masked] = await client.why(limited?.reference ?? "");
    expect(allowed).toMatchObject({ part: "call", answer: "allow", reason: "permitted" });
    expect(masked).toMatchObject({ part: "release", answer: "limit" });
    const rule = masked?.rules.find(({ id }) => id === "personal-data-is-masked");
    expect(rule?.clauses).toMatchObject([
      { words: 'the moment is "after"', outcome: "true", values: [{ name: "the moment", value: '"after"' }] },
      { words: 'the kinds of data that move now include "personal"', outcome: "true" },
    ]);
    const bin = path.join(ROOT, "bin", "bailiwick.js");
    const words = ["policy", "explain", limited?.reference ?? "", "--data", office.running.config.dataDir];
    const { stdout } = await run(process.execPath, [bin, ...words]);
    const told = stdout.split("\n").map((line) => (line.startsWith("at ") ? "at" : line.trimEnd()));
    expect(told.slice(told.indexOf("answer      allow"))).toEqual([
      "answer      allow",
      "in the end  limit",
      "asked       view files/customers/customers.csv",
      "by          agent/invoice-helper",
      "at",
      "because     permitted",
      "permit      reads-in-team, 20-reads.cedar:3",
      "            The invoice helper may read the files of the team.",
      "outcome     completed",
      "",
      "allow       to view files/customers/customers.csv, before it was done",
      "allows      reads-in-team",
      "            The invoice helper may read the files of the team.",
      "for         whoever is of Blueprint invoice-helper, to view, what lies in",
      "            Collection files",
      "",
      "limit       to view files/read_text_file, before its result was handed over",
      "allows      tools-of-files",
      "            The invoice helper may use the tools of the file server.",
      "for         whoever is of Blueprint invoice-helper, to view or execute, any Tool",
      "            in Server files",
      "limits      personal-data-is-masked",
      "            Personal data in an answer is masked before the agent sees it.",
      "for         whoever asks, to do anything, whatever it is",
      'so it is    the moment is "after"',
      '            it was "after"',
      'so it is    the kinds of data that move now include "personal"',
      '            it was ["government", "personal"]',
      "",
    ]);
    const looks: unknown[] = [];
    for await (const { entry } of office.running.entries.read({ from: 0 })) looks.push(entry["name"]);
    expect(looks.filter((name) => name === "log.read").length).toBeGreaterThanOrEqual(3);
    await expect(client.why("BW-0000000")).rejects.toThrow("nothing here");
  });

  test("X36, X39: a decision whole, and its proof: the command checks it offline, and finds one byte that was changed", async () => {
    const [line] = (await client.decisions({ answer: ["limit"] })).decisions;
    const decision = await client.decision(line?.id ?? "");
    expect(decision).toMatchObject({ shown: "limit", answer: "allow", reference: line?.reference, same: [] });
    expect(decision.released.map(({ id }) => id)).toContain("personal-data-is-masked");
    expect(decision.ended?.content.some(({ redacted }) => redacted > 0)).toBe(true);
    const proof = await client.proof(decision.index);
    expect(proof).toMatchObject({ index: decision.index, log: decision.entry["log"] });
    const headers = { authorization: `Bearer ${token}` };
    const url = `${office.running.publicUrl}/api/record/entries/${decision.id}/tlog-proof`;
    const text = await (await fetch(url, { headers })).text();
    const file = path.join(office.dir, "one.tlog-proof");
    const verify = (): ReturnType<typeof run> =>
      run(process.execPath, [
        path.join(ROOT, "bin", "bailiwick.js"),
        "verify",
        file,
        "--policy",
        office.running.trustFile,
      ]);
    await writeFile(file, text);
    expect((await verify()).stdout).toMatch(/verdict +ok/);
    await writeFile(file, text.replace(/\n(?=[A-Za-z0-9+/]{43}=\n)/, "\nA"));
    await expect(verify()).rejects.toMatchObject({ code: expect.any(Number) as number });
  });
});
