// SPDX-License-Identifier: Apache-2.0
// A process that appends to a log, many callers at once, until it is killed. Each acknowledgement is a line of a file
// outside the log's folder, written once the promise resolved and never before.
import { openSync, writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { openRecord } from "../../src/record/index.ts";
import { intentDraft, wholeDraft } from "../../src/record/testing/drafts.ts";
import { machineConfig, machinePorts } from "../../src/record/testing/machine.ts";

const CALLERS = 24;

const [dir = "", acknowledgements = ""] = process.argv.slice(2);
const file = openSync(acknowledgements, "a");
// small segments and frequent checkpoints: a kill meets every kind of work
const room = await openRecord(
  machinePorts(),
  machineConfig(dir, { segmentBytes: 256 * 1024, startEntries: 0, checkpointMs: 100 }),
);
flushCompileCache();
writeSync(1, "open\n");
for (let caller = 0; caller < CALLERS; caller++) void call(caller);

async function call(seq: number): Promise<never> {
  for (;;) {
    const { ref } = await room.append(seq === 0 ? intentDraft() : wholeDraft(seq)); // some that the next start must close
    writeSync(file, `${ref.index} ${ref.leaf}\n`);
    await new Promise((resolve) => setTimeout(resolve, 3)); // not too many: the test reads them all again
  }
}
