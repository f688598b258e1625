// SPDX-License-Identifier: Apache-2.0
// What a caller says about an entity or a context, cut to what the schema declares (D63): a member that nobody declared is left
// out and named, a declared one goes on to be converted, and a number reaches a decimal through its own text.
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonObject, RawNumber } from "../../core/index.ts";
import type { RecordType, Type } from "../cedar/schema.ts";

export interface Fitted {
  readonly value: JsonObject;
  /** Dotted paths of what was left out. */
  readonly ignored: readonly string[];
}

export function fitRecord(given: JsonObject, type: RecordType): Fitted {
  const ignored: string[] = [];
  return { value: record(given, type, { ignored, path: "" }), ignored };
}

interface At {
  readonly ignored: string[];
  readonly path: string;
}

function record(given: JsonObject, type: RecordType, { ignored, path }: At): JsonObject {
  const members: [string, Json][] = [];
  for (const [name, value] of Object.entries(given)) {
    const here = path === "" ? name : `${path}.${name}`;
    const declared = type.attributes.get(name);
    if (declared === undefined) ignored.push(here);
    else members.push([name, fit(value, declared.type, { ignored, path: here })]);
  }
  return jsonObject(members);
}

function fit(value: Json, type: Type, at: At): Json {
  if (type.kind === "record") return isJsonObject(value) ? record(value, type, at) : value;
  if (type.kind === "set") return isJsonArray(value) ? value.map((item) => fit(item, type.element, at)) : value;
  if (type.kind === "extension" && type.name === "decimal") return decimalText(value);
  return value;
}

/** Cedar writes a decimal with a point: `3` is `3.0`. What is no plain number is left for the conversion to refuse. */
function decimalText(value: Json): Json {
  const text = value instanceof RawNumber ? value.lexeme : typeof value === "number" ? String(value) : undefined;
  if (text === undefined) return value;
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
