// SPDX-License-Identifier: Apache-2.0
// A tool list on its way down: only what this identity may see, order and cursor kept (enforce E23).
import {
  type Beside,
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

/** The same of the tools themselves, or of other things that a list holds. */
export function definitionsOf(
  things: readonly Json[],
  { named, said: keys }: Said = { named: "name", said: SAID },
): ReadonlyMap<string, ToolDefinition> {
  const definitions = new Map<string, ToolDefinition>();
  for (const thing of things) {
    const name = member(thing, named);
    if (typeof name !== "string") continue;
    const said = jsonObject(
      keys.flatMap((key) => {
        const value = member(thing, key);
        return value === undefined ? [] : [[key, value] as const];
      }),
    );
    definitions.set(name, { digest: digestOf(said), said });
  }
  return definitions;
}

interface Said {
  /** The member that it is called by. */
  readonly named: string;
  /** The members that a client acts on. */
  readonly said: readonly string[];
}

/** Lists beside that of the tools whose things are pinned: those that a server writes for the model or for a person's choice. */
const BESIDE_LISTS: ReadonlyMap<string, Said & { readonly beside: Beside; readonly holder: string }> = new Map([
  [
    "prompts/list",
    {
      beside: "prompt",
      holder: "prompts",
      named: "name",
      said: ["name", "title", "description", "arguments", "icons", "_meta"],
    },
  ],
  [
    "resources/templates/list",
    {
      beside: "template",
      holder: "resourceTemplates",
      named: "uriTemplate",
      said: ["uriTemplate", "name", "title", "description", "mimeType", "annotations", "icons", "_meta"],
    },
  ],
]);

/** What one page of such a list says; `undefined` where the list is not pinned. */
export function besideIn(
  method: string,
  result: JsonObject,
):
  | { readonly beside: Beside; readonly things: ReadonlyMap<string, ToolDefinition>; readonly isEnd: boolean }
  | undefined {
  const list = BESIDE_LISTS.get(method);
  if (list === undefined) return undefined;
  const things = member(result, list.holder);
  return {
    beside: list.beside,
    things: definitionsOf(isJsonArray(things) ? things : [], list),
    isEnd: member(result, "nextCursor") === undefined,
  };
}

/** Without the things of these names, which nobody is shown. */
export function withoutBeside(method: string, result: JsonObject, hidden: ReadonlySet<string>): JsonObject {
  const list = BESIDE_LISTS.get(method);
  const things = list === undefined ? undefined : member(result, list.holder);
  if (list === undefined || hidden.size === 0 || !isJsonArray(things)) return result;
  const kept = things.filter((thing) => {
    const name = member(thing, list.named);
    return typeof name !== "string" || !hidden.has(name);
  });
  return { ...result, [list.holder]: kept };
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
