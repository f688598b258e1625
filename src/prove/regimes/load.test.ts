// SPDX-License-Identifier: Apache-2.0
// The committed duties are whole; a fault is told by file, line and column, and no row of any file is used.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { REGIMES, REGULATIONS } from "../testing/regimes.ts";
import { checkRegimes, loadRegimes } from "./load.ts";

test("J3, J4: every committed row has a citation, a source, and says that nobody reviewed it", () => {
  const rows = [...REGIMES.rows.values()];
  expect(rows).toHaveLength(133);
  expect(rows.flatMap(({ stages }) => stages)).toHaveLength(298);
  for (const { duty, sources, reviewBy, file } of rows) {
    expect([duty.citation, ...sources.map(({ ref }) => ref)], duty.id).not.toContain("");
    expect(sources.map(({ name }) => name)).toEqual(duty.sources);
    expect([duty.review, reviewBy]).toEqual(["unreviewed", "2027-11-22"]);
    expect(file.startsWith(`${duty.jurisdiction}/`)).toBe(true);
  }
  expect(REGIMES.standing).toContain("not legal advice");
  expect(REGIMES.conflicts.map(({ id }) => id)).toContain("CN-RMSV-x-CRA");
  expect(REGIMES.digest).toMatch(/^sha256:/);
});

test("J9: every calendar that a row may count in is there, and those of the EEA for rows that count where the authority is", () => {
  const { places } = REGIMES.vocabulary;
  for (const state of places.get("EEA") ?? []) expect(REGIMES.calendars.get(state)?.base).toBe(state);
  for (const { duty } of REGIMES.rows.values()) {
    const calendar = REGIMES.calendars.get(duty.calendar);
    expect([duty.calendar, calendar?.zone ?? "home_state"]).toEqual([duty.calendar, duty.zone]);
  }
  expect(REGIMES.calendars.get("US-SEC")).toMatchObject({ base: "US", day_end: "17:30 America/New_York" });
});

describe("a folder with a fault", () => {
  const GDPR = "EU/general-data-protection-regulation.yaml";
  const BSIG = "DE/bsi-act.yaml";
  const NIS2 = "EU/nis2-directive.yaml";
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "regimes-"));
    for (const name of ["places.yaml", "facts.yaml", "conflicts.yaml", GDPR, NIS2, BSIG]) {
      mkdirSync(path.join(dir, path.dirname(name)), { recursive: true });
      cpSync(path.join(REGULATIONS, name), path.join(dir, name));
    }
    for (const key of ["DE", "FR"])
      cpSync(path.join(REGULATIONS, `calendars/${key}.yaml`), path.join(dir, `calendars/${key}.yaml`));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Changes one text of one file, and says where the change begins. */
  function change(name: string, from: string, to: string): { readonly line: number; readonly column: number } {
    const file = path.join(dir, name);
    const before = readFileSync(file, "utf8");
    const at = before.indexOf(from);
    expect(at).toBeGreaterThan(0);
    writeFileSync(file, before.replace(from, to));
    const lines = before.slice(0, at).split("\n");
    return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
  }

  test("without a fault, it loads", async () => {
    const { problems, regimes } = await checkRegimes(dir);
    expect(problems).toEqual([]);
    expect([...(regimes?.rows.keys() ?? [])]).toEqual([
      "DE-BSIG-32",
      "EU-GDPR-33",
      "EU-GDPR-33-2",
      "EU-GDPR-34",
      "EU-NIS2-23",
    ]);
  });

  // the fault begins where the changed text does, `into` characters further on
  test.each([
    [GDPR, "role(controller) and kind", "role(contoller) and kind", "role(".length, "no such role: `contoller`"],
    [
      GDPR,
      "risk.people in (none, unlikely)",
      "risk.people in (none, unlikly)",
      "risk.people in (none, ".length,
      "`unlikly` is no value of",
    ],
    [GDPR, "juris(EEA)\n", "juris(EAE)\n", "juris(".length, "no such place: `EAE`"],
    [NIS2, "cyber.significant", "cyber.insignificant", 0, "no such fact: `cyber.insignificant`"],
    [NIS2, "not\n      est(EU27)", "not\n      est(EU72)", "not\n      est(".length, "no such place: `EU72`"],
    [
      BSIG,
      "unless: role(eu.financial_entity)",
      "unless: est(DE)",
      "unless: ".length,
      "the same stands in applies_when",
    ],
    [GDPR, "from: awareness", "from: awarness", "from: ".length, "no such clock event: `awarness`"],
    [GDPR, "duration: PT72H", "duration: 72h", "duration: ".length, "not hours or minutes"],
    [GDPR, "reckoning: eu_1182_71", "reckoning: eu_1182", "reckoning: ".length, "no such reckoning"],
    [GDPR, "- data.nature", "- data.natur", "- ".length, "no such content field"],
    [GDPR, "- XW\n", "- XX\n", "- ".length, "no such source at the head of the file: XX"],
    [GDPR, "in_force_from: '2018-05-25'", "in_force_from: '2018-05-32'", "in_force_from: ".length, "not a day"],
    [GDPR, "review: unreviewed", "review: enabled", "review: ".length, "cannot check signatures"],
    [GDPR, "confidence: high", "confidence: sure", "confidence: ".length, "confidence"],
    [GDPR, "id: EU-GDPR-34", "id: EU-GDPR-33", "id: ".length, "the id stands twice"],
    [GDPR, "id: EU-GDPR-34", "id: FR-GDPR-34", "id: ".length, "an id begins with EU-"],
    [GDPR, "stage: register", "stage: notification", 0, "stands twice"],
    [GDPR, "jurisdiction: EU", "jurisdiction: FR", "jurisdiction: ".length, "the folder of another"],
    [NIS2, "- notification_trust", "- notification_trst", "- ".length, "the row has no stage notification_trst"],
    [BSIG, "transposes: EU-NIS2-23", "transposes: EU-NIS2-32", "transposes: ".length, "no such row"],
    [BSIG, "zone: Europe/Berlin", "zone: Europe/Bonn", "zone: ".length, "no such zone"],
    [BSIG, "calendar: DE", "calendar: AT", "calendar: ".length, "no such calendar"],
    [
      "facts.yaml",
      "data.personal and (data.confidentiality",
      "data.personal and (data.konfidentiality",
      "data.personal and (".length,
      "no such fact",
    ],
    ["facts.yaml", "extends: eu_1182_71", "extends: eu_1182", "extends: ".length, "no such reckoning"],
    ["calendars/DE.yaml", "key: DE", "key: AT", "key: ".length, "the name of another"],
    ["conflicts.yaml", "id: CN-DATA-x-ABROAD", "id: CN-RMSV-x-CRA", 0, "stands twice"],
  ] as const)("%s: %s, changed to %s", async (...fault) => {
    const [name, from, to, into, why] = fault;
    const { line, column } = change(name, from, to);
    const { problems, regimes } = await checkRegimes(dir);
    expect(regimes).toBeUndefined();
    const breaks = from.slice(0, into).split("\n");
    const [last = ""] = breaks.slice(-1);
    const place =
      breaks.length === 1
        ? { line, column: column + into }
        : { line: line + breaks.length - 1, column: last.length + 1 };
    const found = problems.find(({ text }) => text.includes(why));
    expect(problems[0]).toMatchObject({ file: name, ...place, blocking: true });
    expect(found?.text).toContain(why);
    await expect(loadRegimes(dir)).rejects.toMatchObject({ code: "PROVE_REGULATIONS_INVALID" });
  });

  test("a condition in quotes is told by the place within them", async () => {
    const text = "applies_when: role(processor) and kind(personal_data_breach)";
    const { line, column } = change(
      GDPR,
      text,
      "applies_when: 'role(processor) and kind(personal_data_breech) and juris(EEA)' #",
    );
    const { problems } = await checkRegimes(dir);
    const into = "applies_when: 'role(processor) and kind(".length;
    expect(problems).toMatchObject([{ file: GDPR, line, column: column + into }]);
  });

  test("J31: a register has no exemption", async () => {
    change(GDPR, "- stage: register\n", "- stage: register\n        unless: harm.remedied\n");
    const { problems } = await checkRegimes(dir);
    expect(problems[0]?.text).toContain("a register has no exemption");
  });

  test("J8: a row that replaces another where that one still applies is refused", async () => {
    change(NIS2, "est(EU27 - DE)", "est(EU27)");
    const { problems } = await checkRegimes(dir);
    expect(problems).toMatchObject([
      { file: BSIG, text: expect.stringContaining("still applies to one who is established in DE alone") as unknown },
    ]);
  });

  test("every problem of every file is told, not the first alone", async () => {
    change(GDPR, "from: awareness", "from: awarness");
    change(NIS2, "duration: PT24H", "duration: PT24X");
    change("conflicts.yaml", "what:", "wath:");
    expect((await checkRegimes(dir)).problems.length).toBeGreaterThanOrEqual(3);
  });

  test("a folder that is not there is a fault of its own", async () => {
    await expect(checkRegimes(path.join(dir, "nowhere"))).rejects.toMatchObject({ code: "PROVE_FILE_UNREADABLE" });
  });
});
