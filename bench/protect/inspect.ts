// SPDX-License-Identifier: Apache-2.0
// `node bench/protect/inspect.ts`: what it costs to look into data, to mask it and to know where its values came from.
// Contenders take turns in every round on texts that they never saw, so that no memory of earlier rounds helps; beside
// them runs secretlint's own engine on the same text, which looks for secrets alone. Processor time is counted; the
// ratios are the result.
import { createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { lintSource } from "@secretlint/core";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import { jsonObject, parseServerId, type ToolManifest } from "../../src/core/index.ts";
import {
  createInspector,
  openTask,
  readLabelRules,
  redactor,
  type TaskIndex,
  UNLABELLED,
} from "../../src/protect/index.ts";

const ROUNDS = 9;
const REPEAT = 40;
const KIB = 1024;
/**
 * The most that inspection of a message may cost, of one call of secretlint on it. Wanted is 0.5; with a phone-like number
 * and an address in each message about two are reached, and this guards that.
 */
const MOST_OF_SECRETLINT = 4;

const labels = readLabelRules(
  "labels.yaml",
  readFileSync(path.join(import.meta.dirname, "../../policies/labels.yaml"), "utf8"),
);
const key = createSecretKey(Buffer.alloc(32, 3));
const inspector = createInspector({ key, labels });
const mask = redactor(inspector, [{ categories: "all", style: "mask" }]);
const config = { rules: [{ id: "preset", rule: creator, options: {} }] };
const server = parseServerId("mail");
const manifest: ToolManifest = {
  server,
  tool: "send",
  verb: "share",
  effect: "irreversible",
  args: [{ name: "to", role: "recipient" }],
};

let serial = 0;
const fresh = (size: number, line: (n: number) => string): string => {
  let text = "";
  while (text.length < size) text += line((serial += 1));
  return text.slice(0, size);
};
const chat = (n: number): string =>
  n % 12 === 0
    ? `Could you write to anna${n}@example.com about invoice 2026-${n}, and call her later?\n`
    : `We talked about it at noon on day ${n % 30} and everybody was fine with how it went so far.\n`;
const clean = (n: number): string => `We talked at noon, and all were fine (${n % 97}).\n`;

const task: TaskIndex = openTask({ key, task: "bench" });
for (let i = 0; i < 12_000; i++)
  task.ingest({ json: [`user${i}@example.com`] }, { server, tool: "read", tier: "peer" });

interface Contender {
  readonly size: number;
  readonly text: () => string;
  readonly run: (text: string) => unknown;
}
const contenders: Readonly<Record<string, Contender>> = {
  inspect: {
    size: 2 * KIB,
    text: () => fresh(2 * KIB, chat),
    run: (text) => inspector.inspect({ text }, { source: UNLABELLED }),
  },
  secretlint: {
    size: 2 * KIB,
    text: () => fresh(2 * KIB, chat),
    run: (content) =>
      lintSource({ source: { content, filePath: "m", ext: "", contentType: "text" }, options: { config } }),
  },
  clean: {
    size: 64 * KIB,
    text: () => fresh(64 * KIB, clean),
    run: (text) => inspector.inspect({ text }, { source: UNLABELLED }),
  },
  mask: { size: 2 * KIB, text: () => fresh(2 * KIB, chat), run: (text) => mask.text(text) },
  ingest: {
    size: 2 * KIB,
    text: () => fresh(2 * KIB, chat),
    run: (text) => openTask({ key, task: "one" }).ingest({ text }, { server, tool: "read", tier: "peer" }),
  },
  trace: {
    size: KIB,
    text: () => `user${(serial += 1) % 20_000}@example.com`,
    run: (text) => task.trace(jsonObject([["to", text]]), manifest),
  },
};

const samples = new Map<string, number[]>();
for (let round = -2; round < ROUNDS; round++) {
  for (const [name, { text, run }] of Object.entries(contenders)) {
    const texts = Array.from({ length: name === "clean" ? 4 : REPEAT }, text);
    const before = process.cpuUsage();
    for (const one of texts) await run(one);
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) samples.set(name, [...(samples.get(name) ?? []), (user + system) / texts.length]);
  }
}

/** UNIT: microseconds for each KiB, for each argument in the case of `trace`. */
const median = (name: string): number => {
  const us = (samples.get(name) ?? []).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  return us / ((contenders[name]?.size ?? KIB) / KIB);
};
const round1 = (n: number): number => Math.round(n * 10) / 10;
const ratios = { inspectToSecretlint: Math.round((100 * median("inspect")) / median("secretlint")) / 100 };
const failed = Number(ratios.inspectToSecretlint > MOST_OF_SECRETLINT);
const figures = {
  inspectUsPerKiB: round1(median("inspect")),
  secretlintUsPerKiB: round1(median("secretlint")),
  cleanUsPerKiB: round1(median("clean")),
  maskUsPerKiB: round1(median("mask")),
  ingestUsPerKiB: round1(median("ingest")),
  traceUsPerArgument: round1(median("trace")),
};
console.log(JSON.stringify({ name: "protect.inspect", figures, ratios, passed: 1 - failed, failed }));
process.exitCode = failed;
