// SPDX-License-Identifier: Apache-2.0
// One case of the Cedar integration tests: policies, a schema, entities, and requests with the answers that are expected.
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseJson,
  type Ref,
} from "../../src/core/index.ts";
import { readEntityUid } from "../../src/decide/cedar/convert.ts";
import type { EntityInput } from "../../src/decide/cedar/convert-entities.ts";
import type { FileSet } from "./files.ts";

export interface Case {
  readonly name: string;
  readonly policies: string;
  readonly schema: string;
  readonly entities: readonly EntityInput[];
  readonly shouldValidate: boolean;
  readonly requests: readonly Request[];
}

export interface Request {
  readonly name: string;
  readonly principal: Ref;
  readonly action: Ref;
  readonly resource: Ref;
  readonly context: Json;
  readonly decision: string;
  readonly reason: readonly string[];
  readonly errors: readonly string[];
}

/** Every case of a set, one after the other; nothing is kept. */
export function* casesOf(files: FileSet): Generator<Case> {
  for (const path of files.paths) {
    if (!path.endsWith(".json") || path.endsWith(".entities.json")) continue;
    const json = readJson(files, path);
    if (isJsonArray(member(json, "requests")) && member(json, "policies") !== undefined)
      yield readCase(files, path, json);
  }
}

function readCase(files: FileSet, path: string, json: Json): Case {
  const at = (name: string): string => locate(files, path, text(member(json, name)));
  return {
    name: `${files.name}:${path}`,
    policies: readText(files, at("policies")),
    schema: readText(files, at("schema")),
    entities: list(readJson(files, at("entities"))).map(readEntity),
    shouldValidate: member(json, "shouldValidate") === true,
    requests: list(member(json, "requests")).map(readRequest),
  };
}

/** The paths in a case start at the root of the archive, which may lie deeper here. */
function locate(files: FileSet, path: string, reference: string): string {
  const folders = path.split("/");
  for (let depth = 0; depth < folders.length; depth += 1) {
    const candidate = [...folders.slice(0, depth), reference].join("/");
    if (files.read(candidate) !== undefined) return candidate;
  }
  throw new Error(`${files.name}:${path}: no file ${reference}`);
}

function readRequest(json: Json, index: number): Request {
  return {
    name: String(index),
    principal: uid(member(json, "principal")),
    action: uid(member(json, "action")),
    resource: uid(member(json, "resource")),
    context: member(json, "context") ?? {},
    decision: text(member(json, "decision")),
    reason: list(member(json, "reason")).map(text),
    errors: list(member(json, "errors")).map(text),
  };
}

function readEntity(json: Json): EntityInput {
  return {
    uid: uid(member(json, "uid")),
    attrs: object(member(json, "attrs")),
    parents: list(member(json, "parents")).map(uid),
    tags: object(member(json, "tags") ?? jsonObject([])),
  };
}

function uid(json: Json | undefined): Ref {
  const ref = readEntityUid(json);
  if (ref === undefined) throw new Error("an entity reference was expected");
  return ref;
}

function readText(files: FileSet, path: string): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(files.read(path));
}

function readJson(files: FileSet, path: string): Json {
  return parseJson(files.read(path) ?? "", { maxBytes: 64 * 1024 * 1024, maxDepth: 512 });
}

function text(json: Json | undefined): string {
  if (typeof json !== "string") throw new Error("a text was expected");
  return json;
}

function list(json: Json | undefined): readonly Json[] {
  if (!isJsonArray(json)) throw new Error("a list was expected");
  return json;
}

function object(json: Json | undefined): JsonObject {
  if (!isJsonObject(json)) throw new Error("an object was expected");
  return json;
}
