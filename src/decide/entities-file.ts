// SPDX-License-Identifier: Apache-2.0
// A file of entities in Cedar's JSON form (`[{uid, attrs, parents}]`): what a domain knows from its start.
import {
  CoreError,
  type EntityJson,
  isJsonArray,
  isJsonObject,
  type Json,
  jsonObject,
  member,
  parseJson,
  quote,
  type Ref,
} from "../core/index.ts";
import { readEntityUid } from "./cedar/convert.ts";
import { InputFault } from "./cedar/input.ts";
import { DecideError } from "./errors.ts";
import type { PolicySet } from "./policy-set.ts";

/** UNIT: bytes of one file. */
const FILE_MAX_BYTES: number = 64 * 1024 * 1024;

/** The entities of a file, each of them as the schema of that set says. @throws DecideError DECIDE_ENTITIES_INVALID */
export function readEntities(file: string, text: string, set: PolicySet): readonly EntityJson[] {
  const invalid = (why: string, cause?: unknown): DecideError =>
    new DecideError("DECIDE_ENTITIES_INVALID", `reading entities of ${quote(file)}: ${why}`, { cause });
  const json = parsed(text, invalid);
  if (!isJsonArray(json)) throw invalid("it is not an array");
  const entities = json.map((entity, index) => {
    const read = readEntity(entity);
    if (read === undefined)
      throw invalid(`element ${index} has no \`uid\` with \`type\` and \`id\`, or odd \`parents\``);
    return read;
  });
  const fault = set.engine.entities(entities);
  if (fault instanceof InputFault) throw invalid(`${fault.path}: ${fault.code}`);
  return entities;
}

function parsed(text: string, invalid: (why: string, cause: unknown) => DecideError): Json {
  try {
    return parseJson(text, { maxBytes: FILE_MAX_BYTES });
  } catch (cause) {
    throw cause instanceof CoreError ? invalid(cause.message, cause) : cause;
  }
}

function readEntity(json: Json): EntityJson | undefined {
  const uid = readEntityUid(member(json, "uid"));
  const attrs = member(json, "attrs") ?? jsonObject([]);
  const given = member(json, "parents") ?? [];
  if (uid === undefined || !isJsonObject(attrs) || !isJsonArray(given)) return undefined;
  const parents: Ref[] = [];
  for (const one of given) {
    const parent = readEntityUid(one);
    if (parent === undefined) return undefined;
    parents.push({ type: parent.type, id: parent.id });
  }
  return { uid: { type: uid.type, id: uid.id }, attrs, parents };
}
