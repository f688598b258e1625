// SPDX-License-Identifier: Apache-2.0
// The bodies of AuthZEN 1.0 (OpenID Authorization API 1.0, sections 5 to 8), read as strictly as the specification asks: what
// is required is there and of its type, what is unknown is left alone.
import {
  type Bytes,
  CoreError,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseJson,
} from "../../core/index.ts";

/** One entity of a question; `id` is absent where a search leaves it open. */
export interface Party {
  readonly type: string;
  readonly id: string;
  readonly properties: JsonObject;
}

export interface AskedAction {
  readonly name: string;
  readonly properties: JsonObject | undefined;
}

/** One question, complete. */
export interface Asked {
  readonly subject: Party;
  readonly action: AskedAction;
  readonly resource: Party;
  readonly context: JsonObject;
}

/** Why a body is no question: a sentence for whoever wrote it (status 400). */
export class Malformed {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** UNIT: bytes of a request body. */
export const BODY_MAX: number = 1024 * 1024;

const EMPTY: JsonObject = jsonObject([]);

export function readBody(body: Bytes): JsonObject | Malformed {
  try {
    const json = parseJson(body, { maxBytes: BODY_MAX });
    return isJsonObject(json) ? json : new Malformed("the body is not a JSON object");
  } catch (cause) {
    if (cause instanceof CoreError) return new Malformed(`the body is not JSON that can be read: ${cause.message}`);
    throw cause;
  }
}

/** A single evaluation (section 6.1). */
export function readAsked(json: JsonObject): Asked | Malformed {
  const subject = readParty(json, "subject");
  if (subject instanceof Malformed) return subject;
  const action = readAction(json);
  if (action instanceof Malformed) return action;
  const resource = readParty(json, "resource");
  if (resource instanceof Malformed) return resource;
  const context = readContext(json);
  return context instanceof Malformed ? context : { subject, action, resource, context };
}

/** `subject` or `resource`; a search leaves one open, and then its `id` is ignored (section 8.4). */
export function readParty(json: JsonObject, name: "subject" | "resource", isOpen = false): Party | Malformed {
  const given = member(json, name);
  if (given === undefined) return new Malformed(`\`${name}\` is missing`);
  if (!isJsonObject(given)) return new Malformed(`\`${name}\` is not an object`);
  const type = text(given, "type", name);
  if (type instanceof Malformed) return type;
  const id = isOpen ? "" : text(given, "id", name);
  if (id instanceof Malformed) return id;
  const properties = member(given, "properties") ?? EMPTY;
  if (!isJsonObject(properties)) return new Malformed(`\`${name}.properties\` is not an object`);
  return { type, id, properties };
}

export function readAction(json: JsonObject): AskedAction | Malformed {
  const given = member(json, "action");
  if (given === undefined) return new Malformed("`action` is missing");
  if (!isJsonObject(given)) return new Malformed("`action` is not an object");
  const name = text(given, "name", "action");
  if (name instanceof Malformed) return name;
  const properties = member(given, "properties");
  if (properties !== undefined && !isJsonObject(properties))
    return new Malformed("`action.properties` is not an object");
  return { name, properties };
}

export function readContext(json: JsonObject): JsonObject | Malformed {
  const context = member(json, "context") ?? EMPTY;
  return isJsonObject(context) ? context : new Malformed("`context` is not an object");
}

function text(given: JsonObject, name: string, of: string): string | Malformed {
  const value = member(given, name);
  if (value === undefined) return new Malformed(`\`${of}.${name}\` is missing`);
  return typeof value === "string" && value !== "" && value.isWellFormed()
    ? value
    : new Malformed(`\`${of}.${name}\` is not a string with something in it`);
}

export const SEMANTICS = ["execute_all", "deny_on_first_deny", "permit_on_first_permit"] as const;

/** A boxcar (section 7): items that are whole objects over the defaults of the top, member by member (section 7.1.1). */
export interface Batch {
  readonly items: readonly JsonObject[];
  readonly semantic: (typeof SEMANTICS)[number];
}

/** `single` where there is nothing to batch: the body is then one question. */
export function readBatch(json: JsonObject, maxItems: number): Batch | "single" | Malformed {
  const given = member(json, "evaluations");
  if (given === undefined) return "single";
  if (!isJsonArray(given)) return new Malformed("`evaluations` is not an array");
  if (given.length === 0) return "single";
  if (given.length > maxItems) return new Malformed(`\`evaluations\` has more than ${maxItems} items`);
  const semantic = readSemantic(json);
  if (semantic instanceof Malformed) return semantic;
  const defaults = ["subject", "action", "resource", "context"].flatMap((name) => {
    const value = member(json, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { items: given.map((item) => over(defaults, item)), semantic };
}

/**
 * An item's object takes the place of the default whole, but for what no object can be without: a `type`, `id` or `name` that
 * it lacks is the default's (certification scenario 3.2.7). An item that is no object has nothing of its own.
 */
function over(defaults: readonly (readonly [string, Json])[], item: Json): JsonObject {
  const own = isJsonObject(item) ? Object.entries(item) : [];
  const filled = own.map(([name, value]) => {
    const common = defaults.find(([of]) => of === name)?.[1];
    return [name, name !== "context" && isJsonObject(value) ? completed(value, common) : value] as const;
  });
  return jsonObject([...defaults, ...filled]);
}

function completed(value: JsonObject, common: Json | undefined): JsonObject {
  const missing = ["type", "id", "name"].flatMap((name) => {
    const one = member(common, name);
    return one === undefined || Object.hasOwn(value, name) ? [] : [[name, one] as const];
  });
  return missing.length === 0 ? value : jsonObject([...missing, ...Object.entries(value)]);
}

function readSemantic(json: JsonObject): Batch["semantic"] | Malformed {
  const options = member(json, "options");
  if (options !== undefined && !isJsonObject(options)) return new Malformed("`options` is not an object");
  const given = member(options, "evaluations_semantic");
  if (given === undefined) return "execute_all";
  const known = SEMANTICS.find((one) => one === given);
  return known ?? new Malformed(`\`options.evaluations_semantic\` is none of ${SEMANTICS.join(", ")}`);
}
