// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { NEUTRAL_LABEL, parseJson } from "../core/index.ts";
import type { Detector } from "./detect/detector.ts";
import { email } from "./detect/email.ts";
import { Scanner } from "./detect/scanner.ts";
import { AT } from "./detect/triggers.ts";
import { inspectorOver, LookBudget, PART_MAX_BYTES, UNLABELLED } from "./inspect.ts";
import { redactor } from "./redact/redactor.ts";
import { KEY, SHIPPED, testInspector } from "./testing/world.ts";

const source = UNLABELLED;
const inspector = testInspector();

test("P1: walks every value, every number and every name, with names as context", async () => {
  const json = parseJson(`{"list":[{"ssn":"536-90-4399"},{"n":4111111111111111},{"raw":4.111111111111111e15}],
    "anna@example.com":{"x":1}, "long":4111111111111111.0}`);
  const { detections } = await inspector.inspect({ json }, { source });
  expect(detections.map(({ type, path, inName }) => [type, path, inName ?? false])).toEqual([
    ["national-id", "/list/0/ssn", false],
    ["payment-card", "/list/1/n", false],
    ["payment-card", "/list/2/raw", false],
    ["email", "/#1", true],
    ["payment-card", "/long", false],
  ]);
});

test("P2: a path never spells out a name that may be a value", async () => {
  const json = { "anna@example.com": { "536-90-4399": "bob@example.com" } };
  const { detections } = await inspector.inspect({ json }, { source });
  expect(JSON.stringify(detections)).not.toMatch(/anna|536/);
});

test("P3: every check is listed as ran, with the bytes it saw, also where nothing could be found", async () => {
  const { coverage, label } = await inspector.inspect({ text: "hello" }, { source });
  expect(Object.keys(coverage).toSorted()).toEqual(
    ["card", "email", "iban", "ids", "layers", "phone", "provider-keys", "secrets"].toSorted(),
  );
  for (const row of Object.values(coverage)) expect(row).toEqual({ state: "ran", bytes: 5 });
  expect(label.complete).toBe(true);
});

const broken: Detector = {
  name: "broken",
  needs: AT,
  find: () => {
    throw new Error("anna@example.com broke it");
  },
};

test("P3: a detector that throws is failed and never ran, also when the answer is remembered", async () => {
  const half = inspectorOver(new Scanner(KEY, [broken, email]), SHIPPED);
  for (let i = 0; i < 2; i++) {
    const { coverage, label, detections } = await half.inspect({ text: "to anna@example.com" }, { source });
    expect(coverage["broken"]?.state).toBe("failed");
    expect(coverage["email"]?.state).toBe("ran");
    expect(label.complete).toBe(false);
    expect(detections).toHaveLength(1);
  }
});

test("P47: what a broken detector should have seen is withheld, and its fault quotes nothing", () => {
  const half = inspectorOver(new Scanner(KEY, [broken, email]), SHIPPED);
  const mask = redactor(half, [{ categories: "all", style: "mask" }]);
  for (const redacted of [mask.text("to anna@example.com"), mask.json({ to: "anna@example.com" })]) {
    expect(redacted).toEqual({ withheld: true, why: "not looked at whole: broken" });
  }
  const stream = mask.stream();
  expect(stream.push("to anna@example.com ") + stream.flush()).toBe("");
  expect(stream.result()).toMatchObject({ withheld: true });
});

test("P3: a part over its budget is truncated, and its head is looked at", async () => {
  const text = `anna@example.com ${"x ".repeat(PART_MAX_BYTES / 2)} bob@example.com`;
  const { coverage, label, detections } = await inspector.inspect({ text }, { source });
  expect(coverage["email"]).toEqual({ state: "truncated", bytes: PART_MAX_BYTES });
  expect(label.complete).toBe(false);
  expect(detections).toMatchObject([{ start: 0 }]);
});

test("P3: parts of one interaction share a budget", async () => {
  const budget = new LookBudget(20);
  const first = await inspector.inspect({ text: "anna@example.com" }, { source, budget });
  const second = await inspector.inspect({ json: ["bob@example.com", 1] }, { source, budget });
  expect(first.label.complete).toBe(true);
  expect(second.coverage["email"]).toEqual({ state: "truncated", bytes: 4 });
  expect(second.label.complete).toBe(false);
});

test("P18: the label is joined with what its source declared, and undeclared is confidential", async () => {
  const undeclared = await inspector.inspect({ text: "hello" }, { source });
  expect(undeclared.label).toEqual(UNLABELLED);
  const restricted = await inspector.inspect(
    { text: "anna@example.com" },
    { source: { ...NEUTRAL_LABEL, level: "restricted" } },
  );
  expect(restricted.label).toMatchObject({ level: "restricted", categories: ["personal"] });
  const open = await inspector.inspect({ text: "card 4111 1111 1111 1111" }, { source: NEUTRAL_LABEL });
  expect(open.label).toMatchObject({ level: "restricted", categories: ["financial", "personal"], trust: "user" });
});

test("P15: what was looked at before is not looked at again", async () => {
  let looks = 0;
  const counting: Detector = { name: "counting", needs: AT, find: () => ((looks += 1), []) };
  const twice = inspectorOver(new Scanner(KEY, [counting]), SHIPPED);
  for (let i = 0; i < 3; i++) await twice.inspect({ text: "to anna@example.com" }, { source });
  expect(looks).toBe(1);
  await twice.inspect({ json: { other: "to anna@example.com" } }, { source });
  expect(looks).toBe(2);
});
