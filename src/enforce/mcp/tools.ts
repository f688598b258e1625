// SPDX-License-Identifier: Apache-2.0
// A tool list on its way down: only what this identity may see, order and cursor kept (enforce E23).
import {
  digestOf,
  isJsonArray,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  type ToolDefinition,
} from "../../core/index.ts";

/** What a tool says of itself, as far as a client acts on it (enforce E15). */
const SAID = ["name", "title", "description", "inputSchema", "outputSchema", "annotations", "icons", "_meta"] as const;

/** What each tool of a list says of itself. */
export function definitionsIn(result: JsonObject): ReadonlyMap<string, ToolDefinition> {
  const tools = member(result, "tools");
  return definitionsOf(isJsonArray(tools) ? tools : []);
}

/** The same of the tools themselves. */
export function definitionsOf(tools: readonly Json[]): ReadonlyMap<string, ToolDefinition> {
  const definitions = new Map<string, ToolDefinition>();
  for (const tool of tools) {
    const name = member(tool, "name");
    if (typeof name !== "string") continue;
    const said = jsonObject(
      SAID.flatMap((key) => {
        const value = member(tool, key);
        return value === undefined ? [] : [[key, value] as const];
      }),
    );
    definitions.set(name, { digest: digestOf(said), said });
  }
  return definitions;
}

/** Keeps the tools whose names are in `shown`, and the cursor; nothing else of the answer comes down. */
export function filterTools(result: JsonObject, shown: ReadonlySet<string>): JsonObject {
  const tools = member(result, "tools");
  const cursor = member(result, "nextCursor");
  const kept = isJsonArray(tools)
    ? tools.filter((tool) => {
        const name = member(tool, "name");
        return typeof name === "string" && shown.has(name);
      })
    : [];
  return jsonObject([["tools", kept], ...(typeof cursor === "string" ? [["nextCursor", cursor] as const] : [])]);
}
