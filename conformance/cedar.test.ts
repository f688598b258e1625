// SPDX-License-Identifier: Apache-2.0
// A slice of the Cedar integration tests where they are at hand, and random questions put to Cedar and to us.
import path from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fakeClock } from "../src/core/testing/system.ts";
import { CedarParser } from "../src/decide/cedar/parser.ts";
import { conform } from "./cedar/conform.ts";
import { askCedar, askUs } from "./cedar/differential.ts";
import { fileSets, readTar } from "./cedar/files.ts";
import { SAMPLE } from "./cedar/generate.ts";

/** Every so many cases; `npm run conformance:cedar` runs them all. */
const STEP = 20;
const SAMPLES = 300;

const configured = process.env["BAILIWICK_VECTORS"]; // oxlint-disable-line node/no-process-env -- where the vectors are is the machine's to say
const files = fileSets(configured ?? path.join(import.meta.dirname, "..", "..", "shared", "vectors"));
const present = files.some((set) => set.paths.some((name) => name.endsWith(".cedarschema")));

test.skipIf(!present)(
  "D1: decision, reasons and errors are Cedar's (skipped means NOT RUN: no Cedar vectors)",
  async () => {
    const tally = await conform(files, STEP);
    expect(tally.failures).toEqual([]);
    expect(tally.requests).toBeGreaterThan(1_000);
    expect(tally.validated).toBe(tally.cases);
  },
);

test("D2: random questions, templates and errors among them, get Cedar's own answer", async () => {
  await using parser = new CedarParser(fakeClock().timers);
  await fc.assert(
    fc.asyncProperty(SAMPLE, async (sample) => {
      expect(await askUs(sample, parser)).toEqual(askCedar(sample));
    }),
    { numRuns: SAMPLES },
  );
});

test("D2: an archive that is cut off is an error, not fewer cases", () => {
  const header = new Uint8Array(512);
  header.set(new TextEncoder().encode("a.json"), 0);
  header.set(new TextEncoder().encode("00000002000"), 124);
  expect(() => readTar(header)).toThrow("a bad size");
});
