// SPDX-License-Identifier: Apache-2.0
// A process with one life of a log: it opens it, has some callers append, publishes in between, and closes. Each
// acknowledgement is a line of a file outside the log's folder, written once the promise resolved and never before.
import { openSync, writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { openRecord } from "../../../src/record/index.ts";
import { intentDraft, wholeDraft } from "../../../src/record/testing/drafts.ts";
import { machinePorts } from "../../../src/record/testing/machine.ts";
import { configOf } from "./settings.ts";

const [dir = "", acknowledgements = "", count = "24"] = process.argv.slice(2);
const file = openSync(acknowledgements, "a");
const room = await openRecord(machinePorts(), configOf(dir));
flushCompileCache();
writeSync(file, "open\n");
let left = Number(count);
await Promise.all([0, 1, 2, 3].map(call));
await room.close();

async function call(caller: number): Promise<void> {
  while (left > 0) {
    left -= 1;
    // some that the next start must close
    const { ref } = await room.append(left % 5 === 0 ? intentDraft() : wholeDraft(caller));
    writeSync(file, `${ref.index} ${ref.leaf}\n`);
    if (left % 10 === 0) await room.checkpoint();
  }
}
