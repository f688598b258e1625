// SPDX-License-Identifier: Apache-2.0
// The schema, as Cedar's parser resolves it: every name full, every common type by reference.
import { isJsonArray, isJsonObject, type Json, member, quote } from "../../core/index.ts";
import { DecideError } from "../errors.ts";
import type { ExtensionName } from "./functions.ts";
import { EntityUid } from "./value.ts";

export type Type =
  | { readonly kind: "bool" | "long" | "string" }
  | { readonly kind: "entity"; readonly name: string }
  | { readonly kind: "extension"; readonly name: ExtensionName }
  | { readonly kind: "set"; readonly element: Type }
  | RecordType;

export interface RecordType {
  readonly kind: "record";
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Attribute {
  readonly type: Type;
  readonly required: boolean;
  /** `@record("value")`: texts in it are recorded as they are; without it they are recorded sealed (D45). */
  readonly recorded?: "value";
}

export interface EntityType {
  /** Every type that an entity of this one may be in, directly or through others. */
  readonly ancestors: ReadonlySet<string>;
  readonly attributes: RecordType;
  readonly tags?: Type;
  /** The only ids, where the type is an `enum`. */
  readonly ids?: ReadonlySet<string>;
}

export interface Action {
  readonly uid: EntityUid;
  /** Keys of the groups it is in, directly or through others. */
  readonly ancestors: ReadonlySet<string>;
  readonly principals: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
  readonly context: RecordType;
}

export interface Schema {
  readonly entityTypes: ReadonlyMap<string, EntityType>;
  /** By {@link EntityUid.key}. */
  readonly actions: ReadonlyMap<string, Action>;
}

const EMPTY_RECORD: RecordType = { kind: "record", attributes: new Map() };
/** Common types may use one another this deep; Cedar refuses cycles, so a deeper one is no real schema. */
const COMMON_MAX_DEPTH = 64;

/** Reads what `schemaToJsonWithResolvedTypes` answers. @throws DecideError DECIDE_SCHEMA_UNSUPPORTED */
export function readSchema(json: Json): Schema {
  const common = new Map<string, Json>();
  const types = new Map<string, Json>();
  const actions: { readonly uid: EntityUid; readonly json: Json }[] = [];
  for (const [namespace, definition] of entries(json)) {
    const full = (name: string): string => (namespace === "" ? name : `${namespace}::${name}`);
    for (const [name, type] of entries(member(definition, "commonTypes"))) common.set(full(name), type);
    for (const [name, type] of entries(member(definition, "entityTypes"))) types.set(full(name), type);
    for (const [id, action] of entries(member(definition, "actions")))
      actions.push({ uid: new EntityUid(full("Action"), id), json: action });
  }
  const parents = new Map(Array.from(types, ([name, type]) => [name, texts(member(type, "memberOfTypes"))]));
  const groups = new Map(actions.map((a) => [a.uid.key, items(member(a.json, "memberOf")).map(keyOf)]));
  return {
    entityTypes: new Map(
      Array.from(types, ([name, type]) => [name, readEntityType(type, closure(name, parents), common)]),
    ),
    actions: new Map(actions.map((a) => [a.uid.key, readAction(a.uid, a.json, closure(a.uid.key, groups), common)])),
  };
}

function readEntityType(json: Json, ancestors: ReadonlySet<string>, common: ReadonlyMap<string, Json>): EntityType {
  const ids = member(json, "enum");
  const tags = member(json, "tags");
  return {
    ancestors,
    attributes: readRecord(member(json, "shape"), common),
    ...(tags === undefined ? {} : { tags: readType(tags, common, 0) }),
    ...(ids === undefined ? {} : { ids: new Set(texts(ids)) }),
  };
}

function readAction(
  uid: EntityUid,
  json: Json,
  ancestors: ReadonlySet<string>,
  common: ReadonlyMap<string, Json>,
): Action {
  const applies = member(json, "appliesTo");
  return {
    uid,
    ancestors,
    principals: new Set(texts(member(applies, "principalTypes"))),
    resources: new Set(texts(member(applies, "resourceTypes"))),
    context: readRecord(member(applies, "context"), common),
  };
}

function readRecord(json: Json | undefined, common: ReadonlyMap<string, Json>): RecordType {
  if (json === undefined) return EMPTY_RECORD;
  const type = readType(json, common, 0);
  if (type.kind !== "record") throw unsupported("attributes that are no record");
  return type;
}

function readType(json: Json, common: ReadonlyMap<string, Json>, depth: number): Type {
  if (depth > COMMON_MAX_DEPTH) throw unsupported("types nested too deep");
  const name = text(member(json, "type"));
  switch (name) {
    case "Boolean":
    case "Bool":
    case "__cedar::Bool":
      return { kind: "bool" };
    case "Long":
    case "__cedar::Long":
      return { kind: "long" };
    case "String":
    case "__cedar::String":
      return { kind: "string" };
    case "Set":
      return { kind: "set", element: readType(member(json, "element") ?? null, common, depth + 1) };
    case "Record":
      return readAttributes(json, common, depth);
    case "Entity":
      return { kind: "entity", name: text(member(json, "name")) };
    default:
      return readNamed(name, json, common, depth);
  }
}

function readAttributes(json: Json, common: ReadonlyMap<string, Json>, depth: number): RecordType {
  if (member(json, "additionalAttributes") === true) throw unsupported("open records");
  return {
    kind: "record",
    attributes: new Map(
      entries(member(json, "attributes")).map(([name, attribute]) => [
        name,
        {
          type: readType(attribute, common, depth + 1),
          required: member(attribute, "required") !== false,
          ...recordedAs(attribute),
        },
      ]),
    ),
  };
}

function recordedAs(attribute: Json): Pick<Attribute, "recorded"> {
  const said = member(member(attribute, "annotations"), "record");
  if (said === undefined) return {};
  if (said !== "value") throw unsupported(`\`@record\` of anything but "value"`);
  return { recorded: "value" };
}

/** A common type, or an extension type where no common type took its name. */
function readNamed(name: string, json: Json, common: ReadonlyMap<string, Json>, depth: number): Type {
  const named = common.get(name);
  if (named !== undefined) return readType(named, common, depth + 1);
  const extension = name === "Extension" ? text(member(json, "name")) : name.replace(/^__cedar::/, "");
  switch (extension) {
    case "decimal":
    case "ipaddr":
    case "datetime":
    case "duration":
      return { kind: "extension", name: extension };
    default:
      throw unsupported(`type ${quote(name)}`);
  }
}

/** Everything reachable from `start`. */
function closure(start: string, edges: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...(edges.get(start) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(edges.get(next) ?? []));
  }
  return reached;
}

function keyOf(json: Json): string {
  return new EntityUid(text(member(json, "type")), text(member(json, "id"))).key;
}

function entries(json: Json | undefined): readonly (readonly [string, Json])[] {
  return isJsonObject(json) ? Object.entries<Json>(json) : [];
}

function items(json: Json | undefined): readonly Json[] {
  return isJsonArray(json) ? json : [];
}

function texts(json: Json | undefined): readonly string[] {
  return items(json).map(text);
}

function text(json: Json | undefined): string {
  if (typeof json !== "string") throw unsupported("member that is no text");
  return json;
}

function unsupported(what: string): DecideError {
  return new DecideError("DECIDE_SCHEMA_UNSUPPORTED", `reading the schema: ${what} is not known to this version`);
}
