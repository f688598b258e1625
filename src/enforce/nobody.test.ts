// SPDX-License-Identifier: Apache-2.0
// Record L6 as a build test: whatever a call carries of people, no entry holds it in clear. The suite of sentences about made-up
// people (see `../shared/data/pii`) goes through the gate as arguments and as answers, let through, refused and observed; and
// its identifiers as the names of files.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { z } from "zod";
import { type JsonObject, jsonObject, type Mode } from "../core/index.ts";
import { after, FILE, message, type Rule, reader, type World, world, writer } from "./testing/gate-world.ts";

const SUITE = path.join(import.meta.dirname, "../../../shared/data/pii/presidio-synth-v2.jsonl.gz");
const isThere = existsSync(SUITE);
/** UNIT: characters. What is shorter is a word like any other: `CO`, `Mr.`. */
const CLEAR_MIN = 6;
/** Rows that are taken, spread over the suite. */
const ROWS = 60;
/** What a name of a file is masked for (ADR 9); a family name alone is known to nobody. */
const IN_NAMES: ReadonlySet<string> = new Set(["EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE"]);

const SENTENCE = z.object({
  text: z.string(),
  spans: z.array(z.object({ type: z.string(), value: z.string() })),
});

function sentences(): readonly z.infer<typeof SENTENCE>[] {
  const all = gunzipSync(readFileSync(SUITE)).toString("utf8").trim().split("\n");
  const stride = Math.max(1, Math.floor(all.length / ROWS));
  return all.filter((_, at) => at % stride === 0).map((line) => SENTENCE.parse(JSON.parse(line)));
}

const args = (text: string): JsonObject => jsonObject([["text", text]]);

/** The entries of the same call about nobody: what they say anyway is no hit. */
async function entriesOf(rule: Rule, mode: Mode, { text, name }: { text: string; name: string }): Promise<string> {
  const made: World = world(rule, { mode, came: message(text) });
  for (const tool of [reader, writer]) await made.call(tool, [{ ...FILE, id: `files/${name}.txt` }], args(text));
  return JSON.stringify([made.recorder.appended, made.recorder.noted]);
}

const WAYS: readonly (readonly [string, Rule, Mode])[] = [
  ["let through", () => "allow", "enforce"],
  ["masked", after("limit"), "enforce"],
  ["refused", () => "deny", "enforce"],
  ["only observed", () => "deny", "observe"],
];

test.skipIf(!isThere).each(WAYS)(
  "L6: no entry of a call that is %s says what its texts say of people",
  async (_, rule, mode) => {
    const nobody = await entriesOf(rule, mode, { text: "nothing", name: "x" });
    const told: string[] = [];
    for (const { text, spans } of sentences()) {
      const entries = await entriesOf(rule, mode, { text, name: "x" });
      const clear = spans.filter(({ value }) => value.length >= CLEAR_MIN && !nobody.includes(value));
      told.push(...clear.filter(({ value }) => entries.includes(value)).map(({ type, value }) => `${type} ${value}`));
    }
    expect(told).toEqual([]);
  },
);

test.skipIf(!isThere)(
  "L6: no entry names a file as an identifier names a person (not run without the suite)",
  async () => {
    const values = sentences().flatMap(({ spans }) => spans.filter(({ type }) => IN_NAMES.has(type)));
    expect(values.length).toBeGreaterThan(5);
    const told: string[] = [];
    for (const { type, value } of values) {
      const entries = await entriesOf(() => "allow", "enforce", { text: "nothing", name: `of ${value} today` });
      if (entries.includes(value)) told.push(`${type} ${value}`);
    }
    expect(told).toEqual([]);
  },
);
