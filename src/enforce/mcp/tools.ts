// SPDX-License-Identifier: Apache-2.0
// A tool list on its way down: only what this identity may see, order and cursor kept (enforce E23).
import { isJsonArray, type JsonObject, jsonObject, member } from "../../core/index.ts";

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
