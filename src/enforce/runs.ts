// SPDX-License-Identifier: Apache-2.0
// Which texts of an answer a reader puts together: the words of its progress events, and its blocks of text. A value that is
// split between two of them is a value all the same.
import { isJsonArray, isJsonObject, type Json, type JsonObject, member } from "../core/index.ts";

export interface Run {
  /** The member that each text stands under. */
  readonly name: string;
  readonly texts: readonly string[];
  /** The body with these texts in place of its own. */
  put(body: JsonObject, texts: readonly string[]): JsonObject;
}

/** Runs of two texts or more; a single one is looked at where it stands. */
export function runsOf(body: JsonObject): readonly Run[] {
  return [
    column(["progress"], "message", member(body, "progress")),
    column(["result", "content"], "text", member(member(body, "result"), "content")),
  ].filter(({ texts }) => texts.length > 1);
}

function column(path: readonly string[], name: string, list: Json | undefined): Run {
  const items = isJsonArray(list) ? list : [];
  const textAt = (item: Json): string | undefined => {
    const text = member(item, name);
    return typeof text === "string" ? text : undefined;
  };
  return {
    name,
    texts: items.flatMap((item) => textAt(item) ?? []),
    put(body, texts) {
      const left = [...texts];
      const items2 = items.map((item) =>
        isJsonObject(item) && textAt(item) !== undefined ? { ...item, [name]: left.shift() ?? "" } : item,
      );
      return replaced(body, path, items2);
    },
  };
}

function replaced(object: JsonObject, [name, ...rest]: readonly string[], value: Json): JsonObject {
  if (name === undefined) return object;
  const inner = member(object, name);
  return { ...object, [name]: rest.length > 0 && isJsonObject(inner) ? replaced(inner, rest, value) : value };
}
