// SPDX-License-Identifier: Apache-2.0
// A log on a disk of its own that fills up and is given room again. Tells on standard output what happened, as JSON.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type EntryIndex, parseEntryIndex } from "../../src/core/index.ts";
import { openRecord, RecordError } from "../../src/record/index.ts";
import { attemptDraft, outcomeDraft, wholeDraft } from "../../src/record/testing/drafts.ts";
import { machineConfig, machinePorts } from "../../src/record/testing/machine.ts";
import { parsePolicy, verifyLog } from "../../src/record/verify/index.ts";

const [disk = ""] = process.argv.slice(2);
const neighbour = path.join(disk, "neighbour");
writeFileSync(neighbour, Buffer.alloc(5 * 1024 * 1024));
const settings = {
  reserveBytes: 256 * 1024,
  segmentBytes: 512 * 1024,
  checkpointMs: 100,
  low: { percent: 0, bytes: 0, warnPercent: 0 },
};
const room = await openRecord(machinePorts(), machineConfig(disk, settings));

const acknowledged = new Map<number, string>();
const refusals = new Set<string>();
while (refusals.size === 0) {
  const appends = Array.from({ length: 40 }, (_, i) => room.append(wholeDraft(i)));
  for (const fate of await Promise.allSettled(appends)) {
    if (fate.status === "fulfilled") acknowledged.set(fate.value.ref.index, fate.value.ref.leaf);
    else refusals.add(fate.reason instanceof RecordError ? fate.reason.code : String(fate.reason));
  }
}
room.note(attemptDraft());
const full = { state: room.status().state, room: room.room() };

rmSync(neighbour);
await until(async () => {
  const outcome = room.append(outcomeDraft({ log: room.status().origin, ...firstOf(acknowledged) }));
  const ref = await outcome.then((receipt) => receipt.ref).catch(() => undefined);
  if (ref !== undefined) acknowledged.set(ref.index, ref.leaf);
  return ref !== undefined;
});
await until(() => room.status().missed === 0);
const policy = parsePolicy(Buffer.from(room.trustPolicy()));
await room.close();

const found = new Map<number, string>();
const again = await openRecord(machinePorts(), machineConfig(disk, settings));
for await (const entry of again.read({ from: 0 })) found.set(entry.ref.index, entry.ref.leaf);
await again.close();
const root = path.join(disk, "main-1");
const verdict = verifyLog(
  {
    read: (name) => readFileSync(path.join(root, name)),
    list: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
  },
  policy,
);
const lost = [...acknowledged].filter(([at, hash]) => found.get(at) !== hash).length;
const notPassed = verdict.checks.filter(({ result }) => result !== "passed");
console.log(JSON.stringify({ acknowledged: acknowledged.size, refusals: [...refusals], full, lost, notPassed }));

function firstOf(entries: ReadonlyMap<number, string>): { readonly index: EntryIndex; readonly leaf: string } {
  const [[index, leaf] = [0, ""]] = entries;
  return { index: parseEntryIndex(index), leaf };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 10_000; !(await holds()); ) {
    if (performance.now() > deadline) throw new Error(`not within 10 s: ${JSON.stringify(room.status())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
