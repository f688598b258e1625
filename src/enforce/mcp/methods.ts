// SPDX-License-Identifier: Apache-2.0
// What the relay does with each method (enforce E20). A method that is not named here is the strictest thing that it could be:
// it executes, and passes only where a rule lets it.
import type { JsonObject } from "../../core/index.ts";
import type { Era } from "./link.ts";

/** How a request passes the gate. */
export type Way =
  | "ping"
  | "discover"
  | "tools"
  | "list"
  | "call"
  | "resource"
  | "prompt"
  | "complete"
  | "level"
  | "listen"
  | "task"
  | "unknown";

const BOTH: ReadonlyMap<string, Way> = new Map<string, Way>([
  ["tools/list", "tools"],
  ["tools/call", "call"],
  ["prompts/list", "list"],
  ["resources/list", "list"],
  ["resources/templates/list", "list"],
  ["resources/read", "resource"],
  ["prompts/get", "prompt"],
  ["completion/complete", "complete"],
  ["tasks/get", "task"],
  ["tasks/cancel", "task"],
]);

const ONLY: Readonly<Record<Era, ReadonlyMap<string, Way>>> = {
  legacy: new Map<string, Way>([
    ["ping", "ping"],
    ["resources/subscribe", "resource"],
    ["resources/unsubscribe", "resource"],
    ["logging/setLevel", "level"],
    ["tasks/result", "task"],
  ]),
  modern: new Map<string, Way>([
    ["server/discover", "discover"],
    ["subscriptions/listen", "listen"],
    ["tasks/update", "task"],
  ]),
};

export function wayOf(era: Era, method: string): Way {
  return BOTH.get(method) ?? ONLY[era].get(method) ?? "unknown";
}

/** The member of each list that holds its things. */
export const LISTED: ReadonlyMap<string, string> = new Map([
  ["tools/list", "tools"],
  ["prompts/list", "prompts"],
  ["resources/list", "resources"],
  ["resources/templates/list", "resourceTemplates"],
]);

/** Methods whose answers say how long they may be kept (MCP 2026-07-28, caching). */
const CACHED: ReadonlySet<string> = new Set([...LISTED.keys(), "server/discover", "resources/read"]);

/** An answer as a modern client needs it: of a stated type, and never kept, because it is for one identity alone (E24). */
export function modernResult(method: string, result: JsonObject): JsonObject {
  const type = result["resultType"] ?? "complete";
  const typed = { ...result, resultType: type };
  return type === "complete" && CACHED.has(method) ? { ...typed, ttlMs: 0, cacheScope: "private" } : typed;
}
