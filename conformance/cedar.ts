// SPDX-License-Identifier: Apache-2.0
// `node conformance/cedar.ts [--vectors DIR] [--generate N [--seed S]]`: every request of the Cedar integration tests that DIR
// holds, in archives or unpacked; with `--generate` N random decisions instead, put to Cedar and to us. The last line is JSON;
// `passed` and `failed` count requests, and a validation that differs is one more failure.
import path from "node:path";
import { parseArgs } from "node:util";
import { conform } from "./cedar/conform.ts";
import { fileSets } from "./cedar/files.ts";
import { compareGenerated } from "./cedar/generated.ts";

const { values } = parseArgs({
  options: { vectors: { type: "string" }, generate: { type: "string" }, seed: { type: "string" } },
});
const started = performance.now();

if (values.generate === undefined) await corpus();
else await generated(Number(values.generate), Number(values.seed ?? "1"));

async function corpus(): Promise<void> {
  const configured = process.env["BAILIWICK_VECTORS"]; // oxlint-disable-line node/no-process-env -- a program, not a room
  const folder = values.vectors ?? configured ?? path.join(import.meta.dirname, "..", "..", "shared", "vectors");
  const tally = await conform(fileSets(folder));
  for (const line of tally.failures) console.error(line);
  if (tally.requests === 0) console.error(`not run: no Cedar cases under ${folder}`);
  const { cases, requests, validated: casesValidated, failedValidations: validationsFailed } = tally;
  const failed = tally.failedRequests + tally.failedValidations;
  close({ cases, requests, casesValidated, validationsFailed }, requests - tally.failedRequests, failed);
}

async function generated(count: number, seed: number): Promise<void> {
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed))
    throw new Error(`--generate ${values.generate} --seed ${values.seed ?? "1"}: write whole numbers, such as 100000`);
  const { decisions, sets, differing, failures } = await compareGenerated(count, seed);
  for (const line of failures) console.error(line);
  close({ decisions, sets, seed }, decisions - differing, differing);
}

function close(figures: Readonly<Record<string, number>>, passed: number, failed: number): void {
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  console.log(
    JSON.stringify({ name: "conformance:cedar", figures: { ...figures, seconds }, ratios: {}, passed, failed }),
  );
  if (failed > 0) process.exitCode = 1;
  // a check that was not run is not a check that passed
  else if (passed === 0) process.exitCode = 3;
}
