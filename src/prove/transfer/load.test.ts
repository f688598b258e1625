// SPDX-License-Identifier: Apache-2.0
// The committed files are whole; and a folder with one fault in one file is no folder of rules at all.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { instant } from "../../core/index.ts";
import { ON_FILE, REGULATIONS } from "../testing/plain-reading.ts";
import { openTransferGate } from "./gate.ts";

const clock = { now: () => instant(0) };

test("J1: the committed folder loads, and every row has a citation, a source and the state unreviewed", async () => {
  const { rows, standing, compiled, digest } = await openTransferGate({ dir: REGULATIONS, clock });
  expect(rows.map(({ id }) => id)).toEqual([
    "EU-T-personal",
    "EU-T-sensitive",
    "EU-T-foreign_legal_process",
    "EU-T-non_personal",
    "EU-T-health",
    "EU-T-financial",
    "EU-T-government",
  ]);
  expect(rows.every(({ citation, sources, review }) => citation && sources.length > 0 && review === "unreviewed")).toBe(
    true,
  );
  expect(standing).toContain("not legal advice");
  expect(compiled).toBe("2026-11-22");
  expect(digest).toMatch(/^sha256:/);
});

describe("a folder with a fault", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "regulations-"));
    cpSync(REGULATIONS, dir, { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const RULES = "EU/transfers.yaml";
  const SCOPE = "EU/scope.yaml";
  test.each([
    [RULES, "review: unreviewed", "review: enabled", /rules\.0\.review/, "nobody enables a row by writing so"],
    [
      RULES,
      "posture: require_human",
      "posture: require_cat",
      /rules\.2\.posture: no such posture/,
      "an invented posture",
    ],
    [
      RULES,
      "posture: require_human",
      "posture: deny_unless_licensed",
      /rules\.2\.posture: this version/,
      "one without meaning here",
    ],
    [RULES, "category: health", "category: haelth", /rules\.4\.category: no such category: `haelth`/, "a category"],
    [RULES, "- bcr", "- bcrr", /rules\.0\.mechanisms\.2: no such mechanism kind/, "a mechanism kind"],
    [RULES, "- art9_basis", "- art9_bases", /rules\.1\.beside\.0: no such mechanism kind/, "a kind beside"],
    [
      RULES,
      "- art9_basis",
      "- bcr",
      /rules\.1\.beside\.0: `bcr` stands among the mechanisms too/,
      "one document for two questions",
    ],
    [
      RULES,
      "    beside:\n      - art9_basis\n",
      "    beside: []\n",
      /rules\.1\.beside/,
      "a second question without an answer",
    ],
    [
      RULES,
      "localization: blocking",
      "localization: around",
      /rules\.2\.localization: no such localization/,
      "a localization",
    ],
    [RULES, "- Q-EDPB-05-2021", "- Q-EDPB-06-2021", /rules\.0\.sources\.1: no such source/, "a source"],
    [
      RULES,
      "verified: unsourced",
      "verified: sourced",
      /rules\.3\.verified: sourced, but no source was read/,
      "a row that is sourced by nothing",
    ],
    [RULES, "to: UY", "to: UU", /adequacy\.\d+\.to: no such place: `UU`/, "a place"],
    [RULES, "to: UY", "to: CH", /`CH` stands twice/, "an adequacy twice"],
    [RULES, "id: EU-T-sensitive", "id: EU-T-personal", /`EU-T-personal` stands twice/, "a row id twice"],
    [RULES, "id: EU-T-sensitive", "id: GB-T-sensitive", /rules\.1\.id/, "an id of another law"],
    [RULES, "until: '2031-12-27'", "until: '2031-02-29'", /until: not a day/, "a day that is none"],
    [
      RULES,
      "until: '2031-12-27'",
      "untill: '2031-12-27'",
      /adequacy\.\d+: Unrecognized key: "untill"/,
      "a misspelt member",
    ],
    [RULES, "only_if: importer.dpf_listed", "only_if: dpf_listed", /only_if/, "a condition that is no importer fact"],
    [RULES, "confidence: low", "confidence: sure", /rules\.4\.confidence/, "a confidence"],
    [RULES, "jurisdiction: EU", "jurisdiction: GB", /jurisdiction/, "a law in the folder of another"],
    [RULES, "name: European", "name: [European", /EU\/transfers\.yaml:\d+:\d+: /, "no YAML"],
    [RULES, "schema: bailiwick-transfers/1", "schema: bailiwick-transfers/2", /schema/, "a later schema"],
    [SCOPE, "id: EU-S-area", "id: EU-T-personal", /the id `EU-T-personal` stands twice/, "an id in both files"],
    [SCOPE, "place: EEA", "place: EPO", /area\.place: no such place/, "an organisation as an area"],
    [SCOPE, "also: personal", "also: personnel", /implies\.0\.also: no such category/, "an implied category"],
    [SCOPE, "kinds: instrument", "kinds: instruments", /assessment\.kinds: no such group/, "a group of kinds"],
    [SCOPE, "  EFTA-2018: ", "  EFTA-2019: ", /area\.sources\.2: no such source: `EFTA-2018`/, "a source of the area"],
    [
      SCOPE,
      "    sources: [GDPR]",
      "    sources: [EDPR]",
      /implies\.0\.sources\.0: no such source: `EDPR`/,
      "a source of an implied category",
    ],
    [
      SCOPE,
      "[GDPR, CJEU-C-311-18",
      "[NONE, CJEU-C-311-18",
      /assessment\.sources\.0: no such source: `NONE`/,
      "a source of the assessment",
    ],
    [SCOPE, "    sources: [GDPR]\n", "", /implies\.0\.sources/, "a statement without sources"],
    ["places.yaml", "- IS", "- IX", /groups\.EEA: no such place: `IX`/, "a member of a group"],
    [
      "transfers.yaml",
      "    - bcr\n",
      "    - bcr\n    - adequacy\n",
      /mechanism_kinds\.instrument\.\d+: it stands in adequacy/,
      "a kind in two groups",
    ],
    [
      "transfers.yaml",
      "standing:",
      "standing: x\nstanding:",
      /transfers\.yaml:\d+:1: Map keys must be unique/,
      "a key twice",
    ],
    [SCOPE, "jurisdiction: EU\n", "jurisdiction: &a EU\ncopy: *a\n", /it uses aliases/, "an alias"],
    [RULES, "name: ", `name: ${"x".repeat(1024 * 1024)}`, /longer than/, "a file that is too long"],
  ] as const)("J1: %s with a fault is refused by file and member", async (...[file, from, to, message]) => {
    const at = path.join(dir, file);
    const text = readFileSync(at, "utf8");
    expect(text).toContain(from);
    writeFileSync(at, text.replace(from, to));
    const opening = openTransferGate({ dir, clock });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toThrow(dir);
    await expect(opening).rejects.toMatchObject({ code: "PROVE_REGULATIONS_INVALID" });
  });

  test.each(["places.yaml", "transfers.yaml", RULES, SCOPE])("J1: a folder without %s is refused", async (file) => {
    rmSync(path.join(dir, file));
    const opening = openTransferGate({ dir, clock });
    await expect(opening).rejects.toThrow(file);
    await expect(opening).rejects.toMatchObject({ code: "PROVE_FILE_UNREADABLE" });
  });

  test("J1: a law that lost one of its two files is refused; a folder that never had one holds duties alone", async () => {
    const { rows } = await openTransferGate({ dir, clock });
    rmSync(path.join(dir, "DE"), { recursive: true });
    expect((await openTransferGate({ dir, clock })).rows).toEqual(rows);
    rmSync(path.join(dir, SCOPE));
    await expect(openTransferGate({ dir, clock })).rejects.toMatchObject({ code: "PROVE_FILE_UNREADABLE" });
    cpSync(path.join(REGULATIONS, SCOPE), path.join(dir, SCOPE));
    rmSync(path.join(dir, RULES));
    await expect(openTransferGate({ dir, clock })).rejects.toMatchObject({ code: "PROVE_FILE_UNREADABLE" });
  });

  test("J1: a folder without a law is refused, and so is no folder", async () => {
    rmSync(path.join(dir, "EU"), { recursive: true });
    await expect(openTransferGate({ dir, clock })).rejects.toThrow("it has no law");
    await expect(openTransferGate({ dir: path.join(dir, "none"), clock })).rejects.toThrow("no such file");
  });

  test("J1: a changed byte is another digest", async () => {
    const before = await openTransferGate({ dir, clock });
    writeFileSync(path.join(dir, SCOPE), `${readFileSync(path.join(dir, SCOPE), "utf8")}# more\n`);
    const after = await openTransferGate({ dir, clock });
    expect(after.digest).not.toBe(before.digest);
  });
});

describe("a file of mechanisms", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "mechanisms-"));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test.each([
    ["kind: bcr", "kind: bcrr", /mechanisms\.3\.kind: no such mechanism kind/, "an invented kind"],
    ["kind: bcr", "kind: adequacy", /mechanisms\.3\.kind: a file cannot hold this/, "adequacy by hand"],
    ["kind: bcr", "kind: derogation_art49", /a file cannot hold this/, "a standing derogation"],
    ["kind: bcr", "kind: consent", /a file cannot hold this/, "everybody's consent"],
    ["categories: [financial]", "categories: [money]", /no such category: `money`/, "a category"],
    ["places: [US, IN]", "places: [US, XX]", /mechanisms\.0\.places\.1: no such place: `XX`/, "a place"],
    ["until: 2026-12-01", "until: 2025-01-01", /mechanisms\.1\.until: not after `from`/, "an end before its beginning"],
    ["until: 2026-12-01", "until: soon", /mechanisms\.1\.until: not a day/, "an end that is no day"],
    ["    until: 2026-12-01\n", "", /mechanisms\.1\.until/, "no end"],
    ["id: scc-expired", "id: scc-clauses", /`scc-clauses` stands twice/, "an id twice"],
    [
      "fact: importer.dpf_listed",
      "fact: importer.nice",
      /importers\.0\.fact: no such fact/,
      "a fact that no list asks for",
    ],
    ["sha256:00000000", "sha256:xyz", /document: not sha256:/, "evidence without a digest"],
    ["assessed: 2026-01-01", "asessed: 2026-01-01", /Unrecognized key: "asessed"/, "a misspelt member"],
  ] as const)("J75: %s as %s is refused by file and member", async (...[from, to, message]) => {
    const mechanisms = path.join(dir, "mechanisms.yaml");
    const text = readFileSync(ON_FILE, "utf8");
    expect(text).toContain(from);
    writeFileSync(mechanisms, text.replace(from, to));
    const opening = openTransferGate({ dir: REGULATIONS, mechanisms, clock });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toThrow(mechanisms);
    await expect(opening).rejects.toMatchObject({ code: "PROVE_MECHANISMS_INVALID" });
  });

  test("J75: a file that cannot be read is not a file that is absent", async () => {
    const opening = openTransferGate({ dir: REGULATIONS, mechanisms: dir, clock });
    await expect(opening).rejects.toMatchObject({ code: "PROVE_FILE_UNREADABLE" });
  });
});
