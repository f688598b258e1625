// SPDX-License-Identifier: Apache-2.0
// A tool list on its way down: only what this identity may see, order and cursor kept (enforce E23).
import { isJsonArray, type JsonObject, member } from "../../core/index.ts";
import { withMembers } from "./message.ts";

/** Keeps the tools whose names are in `shown`; a list that cannot be read shows nothing. */
export function filterTools(result: JsonObject, shown: ReadonlySet<string>): JsonObject {
  const tools = member(result, "tools");
  const kept = isJsonArray(tools)
    ? tools.filter((tool) => {
        const name = member(tool, "name");
        return typeof name === "string" && shown.has(name);
      })
    : [];
  return withMembers(result, [["tools", kept]]);
}
