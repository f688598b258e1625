// SPDX-License-Identifier: Apache-2.0
// From a planted credential to a clock, as an operator meets it: the sign opens an incident, the record says what it may be
// about, a person says what only a person can say, and the clock runs. Over HTTP and by the command.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isJsonArray, type Json, member } from "../../src/core/index.ts";
import type { Config } from "../../src/server/config.ts";
import { DECOY_FILE, plantDecoy } from "../../src/server/demo/decoy.ts";
import { type Office, openOffice, ROOT } from "../support/office.ts";

const BIN = path.join(ROOT, "bin", "bailiwick.js");

let office: Office;

beforeAll(async () => {
  office = await openOffice();
  const planted = await plantDecoy(office.running, office.world.files);
  await using agent = await office.connect();
  await agent.call("read_text_file", { path: "customers/customers.csv" });
  await agent.call("read_text_file", { path: DECOY_FILE });
  const said = await agent.act("execute", "write_file", { path: "reports/deploy.md", content: planted });
  if (!said.isError) throw new Error(`the planted credential was let through: ${said.text}`);
});

afterAll(() => office[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly body: Json;
}

async function api(at: string, more: { method?: string; body?: object; match?: string } = {}): Promise<Answer> {
  const token = readFileSync(path.join(office.running.config.dataDir, "cli-token"), "utf8").trim();
  const response = await fetch(`${office.running.publicUrl}/api/${at}`, {
    method: more.method ?? "GET",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      ...(more.match === undefined ? {} : { "if-match": more.match }),
    },
    ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
}

const say = (body: object, match: string): Promise<Answer> =>
  api("incidents/INC-1/facts", { method: "PATCH", body, match });

function textsOf(json: Json, name: string): readonly Json[] {
  const list = member(json, name);
  return isJsonArray(list) ? list : [];
}

async function notification(): Promise<Json> {
  const { body } = await api("incidents/INC-1/clocks");
  return (
    textsOf(body, "clocks").find(
      (clock) => member(clock, "duty") === "EU-GDPR-33" && member(clock, "stage") === "notification",
    ) ?? null
  );
}

async function bailiwick(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const args = [BIN, ...words, "--data", office.running.config.dataDir];
  return promisify(execFile)(process.execPath, args, { env: {} }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (cause: unknown) => {
      const { code, stdout, stderr } = cause as { code: number; stdout: string; stderr: string };
      return { code, out: stdout, err: stderr };
    },
  );
}

// one incident from its first sign on: each test goes on where the one before ended
describe("R47, J23: a planted credential that is used", { shuffle: false }, () => {
  test("one incident, with what stopped it, and with no time that nobody said", async () => {
    const { body } = await api("incidents");
    expect(textsOf(body, "incidents")).toHaveLength(1);
    // the record is read for what it may be about beside the answer
    await expect.poll(async () => textsOf((await api("incidents/INC-1")).body, "categories")).toContain("personal");
    const incident = (await api("incidents/inc-1")).body;
    expect(incident).toMatchObject({ name: "INC-1", state: "open", severity: "critical", malicious: "unknown" });
    expect(Object.keys(member(incident, "times") ?? {}).toSorted()).toEqual(["containedAt", "detectedAt"]);
    expect(textsOf(incident, "actions")).toHaveLength(1);
    expect((await api("incidents/INC-7")).status).toBe(404);
    expect((await api("incidents/nothing/clocks")).status).toBe(404);
  });

  test("the clock waits for awareness, and what decides is asked", async () => {
    expect(await notification()).toMatchObject({ state: "waiting", waitingFor: ["awareness"], review: "unreviewed" });
    const { body } = await api("incidents/INC-1/questions");
    const asked = textsOf(body, "questions").map((question) => member(question, "ask"));
    expect(asked).toContain("risk.people");
    expect(asked).not.toContain("data.personal");
    expect((await api("clocks")).body).toMatchObject({ clocks: [{ incident: "INC-1", duty: "EU-GDPR-33" }] });
  });

  test("a statement without the version that was seen, or on another one, is not taken", async () => {
    const change = { facts: { "risk.people": "likely" }, note: "assessment" };
    expect((await api("incidents/INC-1/facts", { method: "PATCH", body: change })).status).toBe(428);
    expect(await say(change, '"7"')).toMatchObject({ status: 409, body: { code: "API_CONFLICT" } });
    expect(await say({ facts: { "risk.peopel": "likely" }, note: "x" }, '"0"')).toMatchObject({ status: 400 });
    expect(await say({ facts: { "risk.people": "likely" } }, '"0"')).toMatchObject({ status: 400 });
    expect(await notification()).toMatchObject({ state: "waiting" });
  });

  test("by the command: facts, then awareness; the clock runs for 72 hours, provisional, and says why", async () => {
    const facts = ["risk.people=likely", "data.confidentiality_lost=yes"];
    const note = ["--note", "the assessment of today"];
    const answered = await bailiwick("prove", "incident", "answer", "INC-1", ...facts, ...note);
    expect(answered).toMatchObject({ code: 0, out: "INC-1 is at version 1\n" });
    const aware = "2026-11-20T09:17:00+01:00";
    const said = await bailiwick(
      "prove",
      "incident",
      "event",
      "INC-1",
      "awareness",
      "--at",
      aware,
      "--note",
      "the desk",
    );
    expect(said, said.err).toMatchObject({ code: 0, out: "INC-1 is at version 2\n" });
    expect(await notification()).toMatchObject({
      verdict: "applies",
      kind: "provisional",
      // Art. 33(1): 72 hours from awareness; Reg. 1182/71 counts from the end of the hour
      strict: "2026-11-23T08:17:00.000Z",
      latest: "2026-11-23T09:00:00.000Z",
    });
    const clocks = await bailiwick("prove", "incident", "clocks", "INC-1", "--plain");
    expect(clocks.out).toMatch(/^EU-GDPR-33\tnotification\t/);
    expect(clocks.err).toContain("rows are unreviewed");
    const explained = await bailiwick("prove", "incident", "clocks", "INC-1", "--explain");
    expect(explained.out).toMatch(/72 h|72 hours|PT72H/);
    const wrong = await bailiwick("prove", "incident", "event", "INC-1", "aware", "--at", "now", "--note", "x");
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.err).toContain("no such clock event: aware");
  });

  test("an incident whose agent is still held is not closed; one that a person opened is", async () => {
    const held = await bailiwick("prove", "incident", "close", "INC-1", "--because", "done");
    expect(held.code).not.toBe(0);
    expect(held.err).toContain("still bind");
    const opened = await bailiwick(
      "prove",
      "incident",
      "open",
      "--title",
      "mail astray",
      "--because",
      "told",
      "--exercise",
    );
    expect(opened.out).toMatch(/EXERCISE mail astray/);
    expect(await bailiwick("prove", "incident", "close", "INC-2", "--because", "over")).toMatchObject({ code: 0 });
    expect((await bailiwick("prove", "incident", "list", "--plain")).out).toMatch(
      /^INC-2\tclosed\t[^]*\nINC-1\topen\t/,
    );
  });

  test("what a partner would be told names nobody of this house", async () => {
    const told = await bailiwick("share", "preview", "INC-1");
    expect(told, told.err).toMatchObject({ code: 0 });
    expect(told.out).toMatch(/^nothing is sent/);
    const { body } = await api("incidents/INC-1/preview");
    expect(body).toMatchObject({ sent: false, blocked: [], bundle: { type: "bundle" } });
    const bundle = JSON.stringify(member(body, "bundle"));
    for (const word of ["invoice-helper", "spiffe", "office.example", "customers.csv", DECOY_FILE])
      expect(bundle, word).not.toContain(word);
  });
});

describe("a rule or an entity that cannot be read stops the start, with its place in the file", () => {
  test.each([
    [
      "EU/general-data-protection-regulation.yaml",
      "applies_when: ",
      "applies_when: data.persona and ",
      /data\.persona/,
    ],
    ["facts.yaml", "schema: bailiwick-facts/1", "schema: bailiwick-facts/2", /facts\.yaml:\d+:\d+/],
    ["seeds.yaml", "event: awareness", "event: aware", /no clock event aware/],
  ])("%s", async (file, from, to, why) => {
    const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-rules-"));
    await cp(path.join(ROOT, "regulations"), dir, { recursive: true });
    const text = readFileSync(path.join(dir, file), "utf8");
    expect(text).toContain(from);
    await writeFile(path.join(dir, file), text.replace(from, to));
    const broken = (config: Config): Config => ({
      ...config,
      prove: { ...config.prove, regimes: { ...config.prove.regimes, dir } },
    });
    await expect(openOffice({ change: broken })).rejects.toThrow(why);
    await rm(dir, { recursive: true });
  });
});
