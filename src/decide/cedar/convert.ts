// SPDX-License-Identifier: Apache-2.0
// JSON to Cedar values, as the schema says (D7): `{type, id}` is an entity where an entity is declared and a record where a
// record is; a string is a datetime only where one is declared. One closure for each type, made once.
import { isJsonArray, isJsonObject, type Json, type JsonObject, member, type Ref } from "../../core/index.ts";
import { Fault } from "./fault.ts";
import { EXTENSIONS, type ExtensionName, FUNCTIONS } from "./functions.ts";
import { type Hiding, hiddenValue } from "./hidden.ts";
import { InputFault, type InputLimits } from "./input.ts";
import { isJsonNumber, longOfJson } from "./long.ts";
import type { RecordType, Schema, Type } from "./schema.ts";
import { CedarRecord, CedarSet, EntityUid, entityKey, layoutOf, type Value } from "./value.ts";

export type Convert = (json: Json) => Value | InputFault;
export type ConvertRecord = (json: Json) => CedarRecord | InputFault;

/** Extension values may be made of extension values this deep. */
const EXTENSION_MAX_DEPTH = 8;

/** What every converter of one schema shares. */
export interface ConvertTo {
  readonly schema: Schema;
  readonly limits: InputLimits;
  /** Questions come from slices, where a text may be hidden. */
  readonly hiding?: Hiding;
}

export function recordConverter(type: RecordType, to: ConvertTo, depth = 1): ConvertRecord {
  if (depth > to.limits.depth) return () => new InputFault("too_deep");
  const attributes = Array.from(type.attributes, ([name, attribute]) => ({
    name,
    // every object inherits these; what else an object inherits, the count of its own names gives away
    inherited: name in Object.prototype,
    required: attribute.required,
    convert: converter(attribute.type, to, depth + 1),
  }));
  const layout = layoutOf(attributes.map(({ name }) => name));
  return (json) => {
    if (!isJsonObject(json)) return wrong(json);
    const values: (Value | undefined)[] = [];
    let found = 0;
    for (const { name, inherited, required, convert } of attributes) {
      const given = inherited && !Object.hasOwn(json, name) ? undefined : json[name];
      const value = given === undefined ? undefined : convert(given);
      if (value instanceof InputFault) return value.under(name);
      if (value === undefined && required) return new InputFault("missing_attribute", name);
      if (value !== undefined) found += 1;
      values.push(value);
    }
    return Object.keys(json).length === found ? new CedarRecord(layout, values) : undeclared(json, type);
  };
}

/** The same, done once for each object: JSON never changes, and what questions are about often is the same object. */
export function remembered(convert: ConvertRecord): ConvertRecord {
  const known = new WeakMap<JsonObject, CedarRecord>();
  return (json) => {
    if (!isJsonObject(json)) return convert(json);
    const before = known.get(json);
    if (before !== undefined) return before;
    const made = convert(json);
    if (made instanceof CedarRecord) known.set(json, made);
    return made;
  };
}

export function converter(type: Type, to: ConvertTo, depth = 1): Convert {
  const { hiding } = to;
  const convert = plainConverter(type, to, depth);
  const isOne = type.kind === "string" || type.kind === "long" || type.kind === "extension";
  return hiding === undefined || !isOne ? convert : (json) => hiddenValue(json, hiding) ?? convert(json);
}

function plainConverter(type: Type, to: ConvertTo, depth: number): Convert {
  switch (type.kind) {
    case "bool":
      return (json) => (typeof json === "boolean" ? json : wrong(json));
    case "long":
      return convertLong;
    case "string":
      return convertString;
    case "entity":
      return entityConverter(type.name, to.schema);
    case "extension":
      return extensionConverter(type.name);
    case "set":
      return setConverter(type.element, to, depth);
    case "record":
      return remembered(recordConverter(type, to, depth));
    default:
      return type satisfies never;
  }
}

/** Reads `{type, id}` or `{"__entity": {type, id}}`. */
export function readEntityUid(json: Json | undefined): EntityUid | undefined {
  const uid = member(json, "__entity") ?? json;
  const type = member(uid, "type");
  const id = member(uid, "id");
  return typeof type === "string" && typeof id === "string" ? new EntityUid(type, id) : undefined;
}

/** Whether this entity may exist: a declared type, and an id that its enum has. */
export function checkRef({ type, id }: Ref, schema: Schema): InputFault | undefined {
  if (!id.isWellFormed()) return new InputFault("lone_surrogate");
  const declared = schema.entityTypes.get(type);
  if (declared === undefined)
    return schema.actions.has(entityKey(type, id)) ? undefined : new InputFault("undeclared_type");
  return declared.ids === undefined || declared.ids.has(id) ? undefined : new InputFault("outside_enum");
}

function convertLong(json: Json): Value | InputFault {
  if (!isJsonNumber(json)) return wrong(json);
  const value = longOfJson(json);
  return value instanceof Fault ? new InputFault("wrong_type") : value;
}

function convertString(json: Json): Value | InputFault {
  if (typeof json !== "string") return wrong(json);
  return json.isWellFormed() ? json : new InputFault("lone_surrogate");
}

function entityConverter(name: string, schema: Schema): Convert {
  return (json) => {
    const uid = readEntityUid(json);
    if (uid?.type !== name) return wrong(json);
    return checkRef(uid, schema) ?? uid;
  };
}

function setConverter(element: Type, to: ConvertTo, depth: number): Convert {
  if (depth > to.limits.depth) return () => new InputFault("too_deep");
  const convert = converter(element, to, depth + 1);
  return (json) => {
    if (!isJsonArray(json)) return wrong(json);
    if (json.length > to.limits.setSize) return new InputFault("too_large");
    const items: Value[] = [];
    for (const item of json) {
      const value = convert(item);
      if (value instanceof InputFault) return value.under(String(items.length));
      items.push(value);
    }
    return new CedarSet(items);
  };
}

function extensionConverter(name: ExtensionName): Convert {
  const { type, constructor, parse } = EXTENSIONS[name];
  return (json) => {
    const text = typeof json === "string" ? json : constructed(json, constructor);
    const value = text === undefined ? extensionValue(json, 0) : parse(text);
    if (value instanceof Fault) return new InputFault("extension");
    if (value instanceof InputFault || value instanceof type) return value;
    return new InputFault("wrong_type");
  };
}

/** The text in `{"__extn": {fn, arg}}` where it is this constructor's: how nearly every extension value comes. */
function constructed(json: Json, constructor: string): string | undefined {
  const call = member(json, "__extn");
  const text = member(call, "arg");
  return typeof text === "string" && member(call, "fn") === constructor ? text : undefined;
}

/** Reads `{"__extn": {fn, arg | args}}` or what is inside it; arguments may be extension values again. */
function extensionValue(json: Json, depth: number): Value | Fault | InputFault {
  if (typeof json === "string" || typeof json === "boolean") return json;
  if (isJsonNumber(json)) return longOfJson(json);
  if (depth > EXTENSION_MAX_DEPTH) return new InputFault("too_deep");
  const call = member(json, "__extn") ?? json;
  const name = member(call, "fn");
  const one = member(call, "arg");
  const args = one === undefined ? member(call, "args") : [one];
  const known = typeof name === "string" ? FUNCTIONS.get(name) : undefined;
  if (known === undefined || !isJsonArray(args) || args.length !== known.arity) return wrong(json);
  const values: Value[] = [];
  for (const arg of args) {
    const value = extensionValue(arg, depth + 1);
    if (value instanceof Fault || value instanceof InputFault) return value;
    values.push(value);
  }
  const [first, second] = values;
  return first === undefined ? wrong(json) : known.call(first, second);
}

function undeclared(json: JsonObject, type: RecordType): InputFault {
  const name = Object.keys(json).find((key) => !type.attributes.has(key)) ?? "";
  return new InputFault("undeclared_attribute", name);
}

function wrong(json: Json): InputFault {
  return new InputFault(json === null ? "null" : "wrong_type");
}
