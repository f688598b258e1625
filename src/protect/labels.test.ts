// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { UNLABELLED } from "./inspect.ts";
import { DETECTION_TYPES, labelOf, readLabelRules } from "./labels.ts";
import { found, SHIPPED, SHIPPED_TEXT, testInspector } from "./testing/world.ts";

test("P17: the shipped rules have a row for every type that is reported", () => {
  expect([...SHIPPED.types.keys()].toSorted()).toEqual([...DETECTION_TYPES].toSorted());
});

test.each([
  ["an unknown type", SHIPPED_TEXT.replace("  email:", "  e-mail:")],
  ["a missing type", SHIPPED_TEXT.replace(/ {2}iban:.*\n/, "")],
  ["an unknown level", SHIPPED_TEXT.replace("level: internal", "level: secret")],
  ["an unknown member", SHIPPED_TEXT.replace("thresholds:", "also: 1\nthresholds:")],
  ["a category that is none", SHIPPED_TEXT.replace("[personal, government]", "[Personal data]")],
  ["a member twice", `${SHIPPED_TEXT}\nschema: bailiwick-labels/1\n`],
  ["another schema", SHIPPED_TEXT.replace("bailiwick-labels/1", "bailiwick-labels/2")],
  ["no YAML", "{"],
])("P17: rules with %s are refused whole", (_, text) => {
  expect(() => readLabelRules("labels.yaml", text)).toThrow(
    expect.objectContaining({ code: "PROTECT_LABELS_INVALID" }) as Error,
  );
});

test("P17: ten different persons are bulk, ten mentions of one are not", async () => {
  const inspector = testInspector();
  const label = async (text: string): Promise<readonly string[]> =>
    (await inspector.inspect({ text }, { source: UNLABELLED })).label.categories;
  const ten = Array.from({ length: 10 }, (_, i) => `person${i}@example.com`).join("\n");
  expect(await label(ten)).toContain("bulk-personal");
  expect(await label("one@example.com\n".repeat(20))).not.toContain("bulk-personal");
  expect(await found(inspector, ten)).toHaveLength(10);
});

test("P8: a national number brings its country into the label", () => {
  const hit = { type: "national-id", start: 0, end: 9, layers: [], score: 1, detector: "ids", evidence: [] };
  const label = labelOf(SHIPPED, [{ ...hit, valueMac: "x" as never, jurisdiction: "FR" as never }], true);
  expect(label).toMatchObject({ level: "confidential", jurisdictions: ["FR"], complete: true });
  expect(label.categories).toEqual(["government", "personal"]);
});
