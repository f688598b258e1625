// SPDX-License-Identifier: Apache-2.0
// `prove regime list`, `show` and `check` on the rules that come with the source: no server is started for them.
import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { createWorld, type World } from "./testing/world.ts";

const REGULATIONS = path.join(import.meta.dirname, "../../regulations");
const GDPR = "EU/general-data-protection-regulation.yaml";

/** A world with a copy of a few of the rules in ./regulations. */
function rules(): World {
  const world = createWorld();
  for (const name of ["places.yaml", "facts.yaml", "conflicts.yaml", "calendars", "JP", GDPR]) {
    cpSync(path.join(REGULATIONS, name), path.join(world.folder, "regulations", name), { recursive: true });
  }
  return world;
}

function change(world: World, file: string, from: string, to: string): void {
  const name = path.join("regulations", file);
  const text = readFileSync(path.join(world.folder, name), "utf8");
  expect(text).toContain(from);
  world.write(name, text.replace(from, to));
}

test("J4: each line of the list says that nobody reviewed the row, its confidence and how it was verified", async () => {
  using world = rules();
  const { code, out } = await world.run("prove regime list --plain");
  expect(code).toBe(0);
  expect(out).toBe(
    [
      "EU-GDPR-33\tunreviewed\thigh\tprimary_text\tstatutory\tin_force; Regulation (EU) 2016/679, Art. 33(1),(3)-(5)",
      "EU-GDPR-33-2\tunreviewed\thigh\tprimary_text\tstatutory\tin_force; Regulation (EU) 2016/679, Art. 33(2)",
      "EU-GDPR-34\tunreviewed\thigh\tprimary_text\tstatutory\tin_force; Regulation (EU) 2016/679, Art. 34",
      "JP-ACD\tunreviewed\tlow\tsecondary_multiple\tstatutory\tin_force; enacted 16 May 2025, promulgated 23 May 2025",
      "JP-APPI-26\tunreviewed\thigh\tsecondary_multiple\tin part guidance\tin_force; APPI Art. 26; Enforcement Rules Arts. 7, 8, 10",
      "",
    ].join("\n"),
  );
  expect((await world.run("prove regime list JP --plain")).out.split("\n")).toHaveLength(3);
  expect((await world.run("prove regime list XX")).out).toBe("");
});

test("J6: a row is shown as a sentence beside the expression that is evaluated, with citation and state", async () => {
  using world = rules();
  const { code, out } = await world.run("prove regime show EU-GDPR-33", { columns: 400 });
  expect(code).toBe(0);
  const lines = out.split("\n").map((line) => line.trimEnd());
  expect(lines).toEqual(
    expect.arrayContaining([
      "law         General Data Protection Regulation, Regulation (EU) 2016/679, Art. 33(1),(3)-(5)",
      "state       unreviewed: nobody here has signed that it says what the law says",
      "source      confidence high, verified primary_text",
      "status      in_force, from 2018-05-25",
      "            role(controller) and kind(personal_data_breach) and juris(EEA)",
      "  due       within 72 hours of awareness; without undue delay and, where feasible (statutory)",
      '  unless    "Risk to the rights and freedoms of the people (a recorded assessment)?" is none or unlikely',
      '  due       no number in the law: "every breach, notified or not (33(5))" (statutory)',
    ]),
  );
  expect(lines.find((line) => line.startsWith("applies if"))).toContain(
    'your role is "decides why and how personal data is processed',
  );
  const guidance = await world.run("prove regime show JP-APPI-26", { columns: 400 });
  expect(guidance.out).toContain("(guidance)");
});

test("prove regime show --json: the same for a program", async () => {
  using world = rules();
  const row: unknown = JSON.parse((await world.run("prove regime show EU-GDPR-34 --json")).out);
  expect(row).toMatchObject({
    id: "EU-GDPR-34",
    review: "unreviewed",
    confidence: "high",
    verified: "primary_text",
    unless: { expression: expect.stringContaining("or harm.remedied") as unknown },
    stages: [{ stage: "individuals", binding: "statutory" }],
    sources: [{ name: "CA-GDPR" }],
  });
});

test("a row that is not there is exit 1, with the nearest", async () => {
  using world = rules();
  expect(await world.run("prove regime show EU-GDRP-33")).toMatchObject({
    code: 1,
    err: expect.stringContaining("fix: did you mean EU-GDPR-33?") as unknown,
  });
  expect(await world.run("prove regime list --dir elsewhere")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^elsewhere is no folder of rules\n/) as unknown,
  });
});

test("prove regime check: a whole folder is exit 0, with its digest and what it is not", async () => {
  using world = rules();
  const { code, out } = await world.run("prove regime check", { columns: 400 });
  expect(code).toBe(0);
  expect(out).toMatch(/^state {2}Starting data, not legal advice\./);
  expect(out).toMatch(/\nok {5}5 duties in regulations, sha256:[0-9a-f]{64}\n$/);
});

test("J5: a fault is exit 3, with file, line and column; nothing is shown of rules that must be mended", async () => {
  using world = rules();
  change(world, GDPR, "role(processor) and", "role(prozessor) and");
  const { code, out } = await world.run("prove regime check", { columns: 400 });
  expect(code).toBe(3);
  expect(out).toMatch(
    /^error {2}EU\/general-data-protection-regulation\.yaml:\d+:24 EU-GDPR-33-2: applies_when: no such role: `prozessor`/,
  );
  expect(out).toContain("\nno     1 must be mended before regulations can be used\n");
  const report: unknown = JSON.parse((await world.run("prove regime check --json")).out);
  expect(report).toMatchObject({
    problems: [{ file: GDPR, column: 24, fix: "the roles are listed in facts.yaml" }],
    digest: null,
  });
  expect(await world.run("prove regime show EU-GDPR-33")).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringContaining("see all of them: npx bailiwick prove regime check regulations") as unknown,
  });
});

test("words of prove that are planned say so, and a misspelt one is told its neighbour", async () => {
  using world = createWorld();
  expect((await world.run("prove incident draft")).err).toMatch(/^prove incident draft is not in this version\n/);
  expect((await world.run("prove regime review EU-GDPR-33")).err).toMatch(
    /^prove regime review is not in this version\n/,
  );
  expect((await world.run("prove regime")).err).toMatch(
    /^prove regime needs one more word\nfix: one of: regime list, /,
  );
  expect((await world.run("prove regime lst")).err).toContain("did you mean prove regime list?");
});
