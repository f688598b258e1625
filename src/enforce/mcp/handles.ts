// SPDX-License-Identifier: Apache-2.0
// Tasks that upstreams began for a call: each belongs to the instance whose call it was, and counts as that call (enforce E20,
// E32). Whoever else names one is told that there is none.
import { type JsonObject, member, type Standing, type ToolManifest } from "../../core/index.ts";
import type { UpstreamServer } from "../upstream-server.ts";

/** Tasks that are remembered; the oldest is forgotten, and then it is nobody's. */
export const HANDLES_MAX = 10_000;

interface Handle {
  readonly instance: Standing["instance"];
  readonly tool: ToolManifest;
}

export class Handles {
  private readonly held = new Map<string, Handle>();

  /** Remembers the task that a call came to, if it came to one. */
  note(standing: Standing, server: UpstreamServer, tool: ToolManifest | undefined, body: JsonObject): void {
    const result = member(body, "result");
    // SOURCE: MCP 2025-11-25, tasks: `task.taskId`; the extension of 2026-07-28 has it beside `resultType`
    const id = member(member(result, "task"), "taskId") ?? member(result, "taskId");
    if (typeof id !== "string" || tool === undefined) return;
    this.held.set(keyOf(server, id), { instance: standing.instance, tool });
    const [oldest] = this.held.keys();
    if (this.held.size > HANDLES_MAX && oldest !== undefined) this.held.delete(oldest);
  }

  /** The tool whose call made a task of this instance; nothing where there is no such task for it. */
  toolOf(standing: Standing, server: UpstreamServer, given: JsonObject): ToolManifest | undefined {
    const id = member(given, "taskId");
    const handle = typeof id === "string" ? this.held.get(keyOf(server, id)) : undefined;
    return handle?.instance === standing.instance ? handle.tool : undefined;
  }
}

function keyOf({ id }: UpstreamServer, task: string): string {
  return `${id} ${task}`;
}
