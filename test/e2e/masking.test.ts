// SPDX-License-Identifier: Apache-2.0
// What may not be seen is not in the answer and not in the record: every kind of identifier, through the real gate and the
// real file server, in texts, in structured results, under names, as numbers, and in what an upstream says when it fails.
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { isJsonArray, type Json, member } from "../../src/core/index.ts";
import type { Agent } from "../../src/server/demo/agent.ts";
import { leaked, PERSONAL } from "../support/identifiers.ts";
import { type Office, openOffice } from "../support/office.ts";

const POLICIES = `
@id("reads")
permit (principal, action == Action::"view", resource);
@id("leaves")
permit (principal, action == Action::"share", resource is Destination);
@id("mask-what-is-personal-or-secret")
@answer("limit")
@obligation("mask")
forbid (principal, action, resource)
when {
  context.phase == "after" &&
  (context.data.flow.categories.contains("personal") || context.data.flow.categories.contains("secret"))
};
`;
const OBLIGATIONS = "mask: { type: redact, categories: [personal, secret], style: mask }\n";

const b64 = (text: string): string => Buffer.from(text).toString("base64url");
const KEY_BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
/** Put together here, so that no scanner of this repository takes them for real ones. */
const SECRETS: Readonly<Record<string, string>> = {
  "access key": ["AKIA", "IOSFODNN7QUXAMPL"].join(""),
  jwt: [b64('{"alg":"HS256","typ":"JWT"}'), b64('{"sub":"1234567890"}'), b64("signed by nobody at all")].join("."),
  url: "hunter2-and-more",
  "private key": KEY_BODY,
};

const lines = [
  ...Object.entries(PERSONAL).map(([word, value]) => `${word}: ${value}`),
  `key ${SECRETS["access key"]} in use`,
  `token ${SECRETS["jwt"]} sent`,
  `db postgres://app:${SECRETS["url"]}@db.example.org/main`,
  ["BEGIN", KEY_BODY, "END"].map((part) => (part === KEY_BODY ? part : `-----${part} PRIVATE KEY-----`)).join("\n"),
];

/** What stands in JSON under a name, as a name, and as a number. */
const JSON_FILE = JSON.stringify({
  by: { [PERSONAL["e-mail"] ?? ""]: 1, "4111111111111111": 2, [PERSONAL["nir"] ?? ""]: 3 },
  iban: PERSONAL["iban"],
  card: 4_111_111_111_111_111,
  pesel: 44_051_401_359,
  aadhaar: 234_123_412_346,
  password: "tr0ub4dor&3",
});

const FORBIDDEN: readonly string[] = [...Object.values(PERSONAL), ...Object.values(SECRETS), "tr0ub4dor&3"];

let office: Office;
let agent: Agent;
/** Every body that came back from the gate, as bytes of the wire. */
const bodies: string[] = [];

beforeAll(async () => {
  office = await openOffice({ policies: POLICIES, profiles: { "obligations.yaml": OBLIGATIONS } });
  const { files } = office.world;
  await writeFile(path.join(files, "inbox", "people.txt"), `${lines.join("\n")}\n`);
  await writeFile(path.join(files, "inbox", "people.json"), JSON_FILE);
  await writeFile(path.join(files, "inbox", "large.txt"), "a line that says nothing\n".repeat(12_500));
  const real = globalThis.fetch;
  vi.stubGlobal("fetch", async (...given: Parameters<typeof fetch>) => {
    const response = await real(...given);
    bodies.push(await response.clone().text());
    return response;
  });
  agent = await office.connect();
  vi.unstubAllGlobals();
});

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await office[Symbol.asyncDispose]();
});

/** The whole answer as it came over the wire; a client may refuse to read it. */
async function answer(tool: string, args: Readonly<Record<string, unknown>>): Promise<{ wire: string; text: string }> {
  bodies.length = 0;
  const text = await agent.call(tool, args).then(
    (said) => said.text,
    (error: unknown) => String(error),
  );
  return { wire: bodies.join("\n"), text };
}

async function journal(): Promise<string> {
  const dir = path.join(office.running.config.dataDir, "record", "main-1", "journal");
  const bytes = await Promise.all((await readdir(dir)).map((file) => readFile(path.join(dir, file), "latin1")));
  return bytes.join("");
}

async function decisions(): Promise<readonly Json[]> {
  const { entries } = office.running;
  const found: Json[] = [];
  for await (const { entry } of entries.read({ from: 0, to: entries.size() }))
    if (member(entry, "type") === "decision") found.push(entry);
  return found;
}

async function lastDecision(): Promise<Json> {
  return (await decisions()).at(-1) ?? null;
}

function contentOf(entry: Json): Json | undefined {
  const content = member(member(entry, "outcome"), "content");
  return isJsonArray(content) ? content[0] : undefined;
}

describe("E9: what is personal or secret is masked in every part of an answer", () => {
  test("a text with one of each: nothing of it is in the answer or in the record, and the record counts it", async () => {
    const { wire, text } = await answer("read_text_file", { path: "inbox/people.txt" });
    expect(wire).toContain("structuredContent");
    expect(leaked(FORBIDDEN, wire), "answer").toEqual([]);
    for (const [word] of Object.entries(PERSONAL)) expect(text).toMatch(new RegExp(`^${word}: \\[masked `, "m"));
    const entry = await lastDecision();
    const content = contentOf(entry);
    expect(member(member(entry, "outcome"), "release")).toMatchObject({ answer: "limit", obligations: ["redact"] });
    expect(member(content, "detections")).toMatchObject({
      email: expect.any(Number) as number,
      "payment-card": 2,
      iban: 2,
      phone: expect.any(Number) as number,
      "national-id": expect.any(Number) as number,
      "health-id": 2,
      secret: expect.any(Number) as number,
      jwt: 2,
      "url-credentials": 2,
      "private-key": 2,
    });
    // each is there twice: once as text, once in the structured result
    expect(member(content, "redacted")).toBeGreaterThanOrEqual(2 * lines.length);
    expect(leaked(FORBIDDEN, await journal()), "record").toEqual([]);
  });

  test("JSON: as names of members, as values, as numbers", async () => {
    const { wire, text } = await answer("read_text_file", { path: "inbox/people.json" });
    expect(leaked(FORBIDDEN, wire), "answer").toEqual([]);
    expect(text).toContain("[masked ");
    expect(member(contentOf(await lastDecision()), "redacted")).toBeGreaterThanOrEqual(2 * 8);
    expect(leaked(FORBIDDEN, await journal()), "record").toEqual([]);
  });

  test("several files at once, and the first lines of one", async () => {
    const many = await answer("read_multiple_files", { paths: ["inbox/people.txt", "inbox/people.json"] });
    expect(leaked(FORBIDDEN, many.wire), "several").toEqual([]);
    const head = await answer("read_text_file", { path: "inbox/people.txt", head: 6 });
    expect(leaked(FORBIDDEN, head.wire), "head").toEqual([]);
  });
});

/** Files that are named after people; other people than those above. */
const NAMED: Readonly<Record<string, string>> = {
  "bob.example@mail.example.org": "bob.example@mail.example.org.txt",
  "1 85 07 99 126 112 02": "nir 1 85 07 99 126 112 02.txt",
  RSSMRA85T10A562S: "RSSMRA85T10A562S.txt",
};

describe("E9: what an upstream says when it fails is an answer too", () => {
  test("the error repeats a name, and the name is masked", async () => {
    for (const name of Object.values(NAMED)) {
      const { wire, text } = await answer("read_text_file", { path: `inbox/${name}` });
      expect(text, name).toMatch(/ENOENT/);
      expect(text, name).toMatch(/\[masked /);
      expect(leaked(Object.keys(NAMED), wire), name).toEqual([]);
      expect(member(contentOf(await lastDecision()), "redacted"), name).toBeGreaterThan(0);
    }
  });

  test("a listing of files that are named after people", async () => {
    for (const name of Object.values(NAMED)) await writeFile(path.join(office.world.files, "reports", name), "x");
    const { wire } = await answer("list_directory", { path: "reports" });
    expect(leaked(Object.keys(NAMED), wire), "listing").toEqual([]);
    expect(wire).toContain("README.txt");
  });

  test("the record does not name what a caller made up as a tool or as an argument", async () => {
    const made = "carol.example@mail.example.org";
    await agent.call(`tool-${made}`, {}).catch(() => undefined);
    await agent.call("read_text_file", { path: "inbox/notice.md", [made]: 1 }).catch(() => undefined);
    await expect
      .poll(async () => (await decisions()).filter((entry) => member(entry, "refusal") !== undefined).length)
      .toBe(2);
    expect(leaked([made], await journal()), "record").toEqual([]);
  });

  test("the record does not name what is named after a person, and still tells one person from another", async () => {
    const touched: unknown[] = [];
    for (const name of [...Object.values(NAMED), ...Object.values(NAMED)]) {
      await answer("read_text_file", { path: `reports/${name}` });
      touched.push(member(member(await lastDecision(), "resource"), "id"));
    }
    expect(leaked(Object.keys(NAMED), await journal()), "record").toEqual([]);
    expect(touched.slice(0, 3)).toEqual(touched.slice(3));
    expect(new Set(touched).size).toBe(3);
    expect(touched).toContainEqual(expect.stringMatching(/^files\/reports\/nir ~national-id\.[\w-]{22}~\.txt$/));
  });
});

test("E9: a file as base64 is looked into, or withheld", async () => {
  const { wire, text } = await answer("read_media_file", { path: "inbox/people.txt" });
  // a blob with a hole in it would be refused by the client as a whole
  expect(text).toContain("[withheld: an encoded part, because something in it was masked]");
  const runs = wire.match(/[A-Za-z0-9+/=_-]{24,}/g) ?? [];
  // what is left of it may begin anywhere in a group of four
  const cut = runs.flatMap((run) => [0, 1, 2, 3].map((start) => run.slice(start)));
  const decoded = cut.map((run) => Buffer.from(run, "base64").toString("latin1"));
  expect(leaked(FORBIDDEN, decoded.join("\n"))).toEqual([]);
});

test("E8: what is too large to be looked at whole is withheld, and the answer says so", async () => {
  const { wire, text } = await answer("read_text_file", { path: "inbox/large.txt" });
  expect(text).toMatch(/^It was carried out, and what came back is withheld\. .* Reference BW-[0-9A-Z]+\.$/);
  expect(wire).not.toContain("a line that says nothing");
  const content = contentOf(await lastDecision());
  expect(content).toMatchObject({ label: { complete: false }, redacted: 0 });
});
