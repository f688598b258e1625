// SPDX-License-Identifier: Apache-2.0
// What every fault ends with: the log opens, goes on, verifies byte for byte, and has all that was acknowledged.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { openRecord, RecordError, type RecordPorts } from "../../../src/record/index.ts";
import { eventDraft } from "../../../src/record/testing/drafts.ts";
import { machinePorts } from "../../../src/record/testing/machine.ts";
import { type LogSource, parsePolicy, verifyLog } from "../../../src/record/verify/index.ts";
import { configOf } from "./settings.ts";

/** Leaf hash of each acknowledged entry, by its index. */
export type Acknowledged = ReadonlyMap<number, string>;

/** Lines of an acknowledgement file; one that was cut off in the middle was never told. */
export function readAcknowledged(text: string): Map<number, string> {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const lines = whole.split("\n").filter((line) => /^\d+ /.test(line));
  return new Map(lines.map((line) => [Number.parseInt(line, 10), line.slice(line.indexOf(" ") + 1)]));
}

/** @returns everything that should not be, in a sentence each */
export async function checkLog(
  acknowledged: Acknowledged,
  place: { readonly dir: string; readonly ports?: Partial<RecordPorts>; readonly source: () => LogSource },
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const ports = { ...machinePorts(), ...place.ports, onFatal: () => void wrong.push("the record stopped") };
  try {
    const room = await openRecord(ports, configOf(place.dir));
    await room.append(eventDraft());
    const leaves: string[] = [];
    for await (const { ref } of room.read({ from: 0 })) leaves.push(ref.leaf);
    await room.close();
    for (const [index, leaf] of acknowledged) {
      if (leaves[index] !== leaf) wrong.push(`entry ${index} was acknowledged, and is ${leaves[index] ?? "not there"}`);
    }
    const verdict = verifyLog(place.source(), parsePolicy(Buffer.from(room.trustPolicy())));
    for (const { result, name, detail } of verdict.checks) if (result === "failed") wrong.push(`${name}: ${detail}`);
    if (!verdict.ok) wrong.push("it does not verify");
  } catch (error) {
    wrong.push(error instanceof RecordError ? `${error.code}: ${error.message}` : String(error));
  }
  return wrong;
}

/** The folder of a log as the verifier reads it. */
export function folderSource(root: string): LogSource {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = new Set(files.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))));
  return {
    read: (name) => (paths.has(name) ? readFileSync(path.join(root, name)) : undefined),
    list: () => [...paths],
  };
}
