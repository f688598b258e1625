// SPDX-License-Identifier: Apache-2.0
// Tasks, outputs and tools, for tests of where values came from.
import { jsonObject, parseServerId, type Role, type ToolManifest, type Trace } from "../../core/index.ts";
import { type OutputOrigin, openTask, type TaskIndex } from "../origin/task.ts";
import { KEY } from "./world.ts";

const files = parseServerId("files");
const mail = parseServerId("mail");

export function task(maxValues?: number): TaskIndex {
  return openTask({ key: KEY, task: "t-1", ...(maxValues === undefined ? {} : { maxValues }) });
}
export const peer: OutputOrigin = { server: files, tool: "read_file", tier: "peer" };
export const tool: OutputOrigin = { server: mail, tool: "list_contacts", tier: "tool" };

export function manifest(role: Role, name = "x"): ToolManifest {
  return { server: mail, tool: "send", verb: "share", effect: "irreversible", args: [{ name, role }] };
}

export function traceOf(of: TaskIndex, role: Role, text: string): Trace {
  const [trace] = of.trace(jsonObject([["x", text]]), manifest(role));
  if (trace === undefined) throw new Error("nothing was traced");
  return trace;
}

export const BOUND: readonly Role[] = [
  "credential",
  "destroy",
  "payee",
  "grantee",
  "recipient",
  "url",
  "target",
  "command",
  "code",
];
