// SPDX-License-Identifier: Apache-2.0
// `node conformance/cedar.ts [--vectors DIR]`: every request of the Cedar integration tests that DIR holds, in archives or
// unpacked. The last line is JSON; `passed` and `failed` count requests, and a validation that differs is one more failure.
import path from "node:path";
import { parseArgs } from "node:util";
import { conform } from "./cedar/conform.ts";
import { fileSets } from "./cedar/files.ts";

const { values } = parseArgs({ options: { vectors: { type: "string" } } });
const configured = process.env["BAILIWICK_VECTORS"]; // oxlint-disable-line node/no-process-env -- a program, not a room
const folder = values.vectors ?? configured ?? path.join(import.meta.dirname, "..", "..", "shared", "vectors");

const started = performance.now();
const tally = await conform(fileSets(folder));
const seconds = Math.round((performance.now() - started) / 100) / 10;

for (const line of tally.failures) console.error(line);
if (tally.requests === 0) console.error(`not run: no Cedar cases under ${folder}`);
const failed = tally.failedRequests + tally.failedValidations;
console.log(
  JSON.stringify({
    name: "conformance/cedar",
    figures: {
      cases: tally.cases,
      requests: tally.requests,
      casesValidated: tally.validated,
      validationsFailed: tally.failedValidations,
      seconds,
    },
    ratios: {},
    passed: tally.requests - tally.failedRequests,
    failed,
  }),
);
if (failed > 0) process.exitCode = 1;
// a check that was not run is not a check that passed
else if (tally.requests === 0) process.exitCode = 3;
