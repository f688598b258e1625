// SPDX-License-Identifier: Apache-2.0
// The verdicts that stand in `regulations/tests/` as data.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type Flow, instant, parseInstant } from "../../core/index.ts";
import { parseYaml } from "../yaml-file.ts";
import { openTransferGate } from "./gate.ts";

const DIR = path.join(import.meta.dirname, "..", "..", "..", "regulations");
const NOON = "2026-12-06T12:00:00.000Z";

const words = z.array(z.string());
const file = z.strictObject({
  schema: z.literal("bailiwick-transfer-cases/1"),
  mechanisms: z.string(),
  cases: z
    .array(
      z.strictObject({
        why: z.string().min(10),
        at: z.string().default(NOON),
        unreviewed: z.enum(["ask", "deny"]).default("ask"),
        flow: z.strictObject({
          from: words,
          to: words,
          established: words.optional(),
          reachable: words.default([]),
          categories: words,
          purpose: z.string().optional(),
          operator: z.string().optional(),
        }),
        expect: z.strictObject({
          verdict: z.enum(["allowed", "conditional", "unknown", "barred"]),
          crossing: z.boolean().optional(),
          reviewed: z.boolean().optional(),
          rules: words.optional(),
          missing: words.optional(),
          basis: z.string().optional(),
          until: z
            .string()
            .transform((text) => parseInstant(text))
            .optional(),
        }),
      }),
    )
    .min(1),
});
type Case = z.infer<typeof file>["cases"][number];

function flowOf({ flow: { to, established = to, reachable, purpose, operator, ...flow } }: Case): Flow {
  return {
    ...flow,
    to: { stored: to, established, reachable },
    ...(purpose === undefined ? {} : { purpose }),
    ...(operator === undefined ? {} : { operator }),
  };
}

const files = globSync("tests/*.cases.yaml", { cwd: DIR }).map((name) => {
  const at = path.join(DIR, name);
  return parseYaml({ path: at, text: readFileSync(at, "utf8"), code: "PROVE_REGULATIONS_INVALID" }, file);
});

describe.each(files)("$mechanisms", ({ mechanisms, cases }) => {
  const open = (one: Pick<Case, "at" | "unreviewed">): ReturnType<typeof openTransferGate> =>
    openTransferGate({
      dir: DIR,
      mechanisms: path.join(DIR, "tests", mechanisms),
      clock: { now: () => parseInstant(one.at) },
      unreviewed: one.unreviewed,
    });

  test.each(cases)("J74: $why ($flow.from to $flow.to)", async (one) => {
    const gate = await open(one);
    expect(gate.check(flowOf(one))).toMatchObject(one.expect);
  });

  test("J74: every row and every verdict is seen in a case", async () => {
    const { rows } = await open({ at: NOON, unreviewed: "ask" });
    const named = new Set(cases.flatMap((one) => one.expect.rules ?? []));
    expect(rows.filter(({ id }) => !named.has(id))).toEqual([]);
    expect(new Set(cases.map((one) => one.expect.verdict)).size).toBe(4);
  });
});

test("J75: no file of mechanisms, and a name of no file, both mean that nothing is on file", async () => {
  const clock = { now: () => instant(0) };
  const place = { stored: ["US"], established: ["US"], reachable: [] };
  const flow = { from: ["FR"], to: place, categories: ["personal"], operator: "clauses" };
  for (const mechanisms of [undefined, path.join(DIR, "no-such-file.yaml")]) {
    const gate = await openTransferGate({ dir: DIR, mechanisms, clock });
    expect(gate.check(flow).verdict).toBe("conditional");
  }
});
