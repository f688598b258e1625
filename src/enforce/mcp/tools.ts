// SPDX-License-Identifier: Apache-2.0
// A tool list on its way down: only what this identity may see, order and cursor kept (enforce E23).
import {
  type Digest,
  digestOf,
  isJsonArray,
  type Json,
  type JsonObject,
  jsonObject,
  member,
} from "../../core/index.ts";

/** What a tool says of itself, as far as a client acts on it (enforce E15). */
const SAID = ["name", "title", "description", "inputSchema", "outputSchema", "annotations", "icons", "_meta"] as const;

/** A digest of what each tool of a list says of itself. */
export function toolDigests(result: JsonObject): ReadonlyMap<string, Digest> {
  const tools = member(result, "tools");
  return toolDigestsOf(isJsonArray(tools) ? tools : []);
}

/** The same of the tools themselves. */
export function toolDigestsOf(tools: readonly Json[]): ReadonlyMap<string, Digest> {
  const digests = new Map<string, Digest>();
  for (const tool of tools) {
    const name = member(tool, "name");
    if (typeof name !== "string") continue;
    const said = SAID.flatMap((key) => {
      const value = member(tool, key);
      return value === undefined ? [] : [[key, value] as const];
    });
    digests.set(name, digestOf(jsonObject(said)));
  }
  return digests;
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
