// SPDX-License-Identifier: Apache-2.0
import { createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type Decoys, type Json, NEUTRAL_LABEL, parseDecoyId, parseTaskId } from "../core/index.ts";
import { createInspector, readLabelRules } from "../protect/index.ts";
import { decoysOpened, decoysShown, decoysUsed } from "./decoys.ts";
import { type TaskMemory, Tasks } from "./tasks.ts";

const FILE = path.join(import.meta.dirname, "../../policies/labels.yaml");
const inspector = createInspector({
  key: createSecretKey(Buffer.alloc(32, 1)),
  labels: readLabelRules("labels.yaml", readFileSync(FILE, "utf8")),
});
const VALUE = `ghp_${"aB3".repeat(12)}`;
const ID = parseDecoyId("01890000-0000-7000-8000-0000000000d1");
const PLACE = { type: "Document", id: "files/ops/deploy.env" };
const MAC = inspector.scanner.mac(VALUE);
const decoys: Decoys = { any: true, find: (mac) => (mac === MAC ? { id: ID, place: PLACE } : undefined) };
const ports = { inspector, decoys };
const task = (): TaskMemory =>
  new Tasks(createSecretKey(Buffer.alloc(32, 2))).of(parseTaskId("01890000-0000-7000-8000-0000000000a1"));
const seen = async (json: Json) => ({ json, inspection: await inspector.inspect({ json }, { source: NEUTRAL_LABEL }) });

test("W28: a planted value is found wherever it stands among the arguments, and whatever it is wrapped in", async () => {
  for (const json of [
    { token: VALUE },
    { header: `Bearer ${VALUE}` },
    { list: [{ deep: `a=${VALUE};b` }] },
    { [VALUE]: 1 },
    { text: Buffer.from(`key ${VALUE} for deploy`).toString("base64") },
    { text: encodeURIComponent(`key=${VALUE}&x`) },
  ]) {
    const used = decoysUsed(ports, await seen(json), task());
    expect(used, JSON.stringify(json)).toEqual([{ id: ID, how: "used", copy: false }]);
  }
});

test("nothing is found in what only looks like it, and nobody looks while nothing is planted", async () => {
  const like = { token: VALUE.replace("3", "4"), half: VALUE.slice(0, 20), longer: `x${VALUE}` };
  expect(decoysUsed(ports, await seen(like), task())).toEqual([]);
  const none = { inspector, decoys: { ...decoys, any: false } };
  expect(decoysUsed(none, await seen({ token: VALUE }), task())).toEqual([]);
  expect(decoysShown(none, `Bearer ${VALUE}`)).toEqual([]);
});

test("R4: where a task met only copies of it, its use says so; where it met the planted one, it does not", async () => {
  const met = await seen({ text: `TOKEN=${VALUE}` });
  const own = task();
  const copied = decoysOpened(ports, { ...met, resources: [{ type: "Document", id: "files/inbox/note.md" }] }, own);
  expect(copied).toEqual([{ id: ID, how: "opened", copy: true }]);
  expect(decoysUsed(ports, met, own)).toEqual([{ id: ID, how: "used", copy: true }]);
  expect(decoysOpened(ports, { ...met, resources: [PLACE] }, own)).toEqual([{ id: ID, how: "opened", copy: false }]);
  decoysOpened(ports, { ...met, resources: [] }, own);
  expect(decoysUsed(ports, met, own)).toEqual([{ id: ID, how: "used", copy: false }]);
});

test("W28: shown as a credential it is noticed, whatever the scheme", () => {
  expect(decoysShown(ports, `Bearer ${VALUE}`)).toEqual([{ id: ID, how: "used", copy: false }]);
  expect(decoysShown(ports, `DPoP ${VALUE}`)).toHaveLength(1);
  expect(decoysShown(ports, undefined)).toEqual([]);
});
