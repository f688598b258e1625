// SPDX-License-Identifier: Apache-2.0
// What a tool says otherwise than when it was accepted (enforce E16): lines for a person, and whether more may be given to it.
import {
  canonicalText,
  digestOf,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
} from "../../core/index.ts";

/** Lines of one diff. */
export const LINES_MAX = 32;
/** UNIT: characters of each side of a line. */
const SIDE_MAX = 120;

/** One place that is not what it was; a side that is not there is left out. */
export interface Change {
  /** Members from the top, such as `inputSchema.properties.path.type`. */
  readonly at: string;
  readonly was?: string;
  readonly is?: string;
}

/** Where two definitions differ, in order; at most {@link LINES_MAX}. */
export function changesBetween(was: Json, is: Json): readonly Change[] {
  const found: Change[] = [];
  compare(was, is, [], found);
  return found;
}

function compare(was: Json | undefined, is: Json | undefined, path: readonly string[], found: Change[]): void {
  if (found.length >= LINES_MAX) return;
  if (isJsonObject(was) && isJsonObject(is)) {
    for (const name of [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted())
      compare(member(was, name), member(is, name), [...path, name], found);
    return;
  }
  if (was !== undefined && is !== undefined && canonicalText(was) === canonicalText(is)) return;
  found.push({ at: path.join("."), ...side(was, "was"), ...side(is, "is") });
}

function side(value: Json | undefined, name: "was" | "is"): Partial<Change> {
  return value === undefined ? {} : { [name]: cut(canonicalText(value)) };
}

/** For the record and for a terminal: `description: "a" -> "b"`. */
export function changeLine({ at, was, is }: Change): string {
  if (was === undefined) return `${at}: new, ${is ?? ""}`;
  return is === undefined ? `${at}: gone, was ${was}` : `${at}: ${was} -> ${is}`;
}

/** Words of JSON Schema that decide nothing: a change in them lets nothing new through. */
const WORDS: ReadonlySet<string> = new Set(["title", "description", "examples", "$comment", "deprecated"]);

/** True unless the arguments that it takes are the same as before, or fewer: what cannot be told counts as more. */
export function mayTakeMore(was: JsonObject, is: JsonObject): boolean {
  const [before, after] = [schemaOf(was), schemaOf(is)];
  const kept = [...requiredOf(before)].every((name) => requiredOf(after).has(name));
  return !kept || digestOf(without(before)) !== digestOf(without(after));
}

function requiredOf(schema: Json): ReadonlySet<Json> {
  const list = member(schema, "required");
  return new Set(isJsonArray(list) ? list : []);
}

function schemaOf(definition: JsonObject): Json {
  return withoutWords(member(definition, "inputSchema") ?? null, true);
}

function without(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  return jsonObject(Object.entries(schema).filter(([name]) => name !== "required"));
}

/** @param isSchema - below `properties` a member called `title` is an argument, not a word about one */
function withoutWords(value: Json, isSchema: boolean): Json {
  if (isJsonArray(value)) return value.map((item) => withoutWords(item, isSchema));
  if (!isJsonObject(value)) return value;
  return jsonObject(
    Object.entries(value)
      .filter(([name]) => !(isSchema && WORDS.has(name)))
      .map(([name, inner]) => [name, DATA.has(name) ? inner : withoutWords(inner, !isSchema || !NAMED.has(name))]),
  );
}

/** Members whose own members are names, and members that are values. */
const NAMED: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
]);
const DATA: ReadonlySet<string> = new Set(["const", "enum", "default"]);

function cut(text: string): string {
  return text.length <= SIDE_MAX ? text : `${text.slice(0, SIDE_MAX - 1)}…`;
}
