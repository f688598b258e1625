// SPDX-License-Identifier: Apache-2.0
// `authorization_details` (RFC 9396) of the one type there is, `bailiwick_step`: what a client asks for, and what it was
// given. A limit that the client leaves out is its mandate's; one that nobody understands is refused.
import {
  CoreError,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  type MandateId,
  member,
  parseJson,
  parseMandateId,
  parseStepGrant,
  parseStepId,
  type StepGrant,
  type StepId,
  stepGrantJson,
} from "../core/index.ts";

export const DETAILS_TYPE = "bailiwick_step";
/** Asks, in an exchange, for a new step below the one of the subject token. */
export const CHILD = "child";
/** UNIT: UTF-16 units. */
const DETAILS_MAX = 16 * 1024;

/** Members as they stand on the wire, and what core calls them. */
const MEMBERS: ReadonlyMap<string, string> = new Map([
  ["actions", "verbs"],
  ["locations", "locations"],
  ["datatypes", "datatypes"],
  ["constraints", "constraints"],
  ["label_max", "labelMax"],
  ["jurisdictions", "jurisdictions"],
  ["purpose", "purpose"],
  ["budget", "budget"],
  ["args_s256", "argsS256"],
]);
const BUDGET: ReadonlyMap<string, string> = new Map([
  ["calls", "calls"],
  ["tokens", "tokens"],
  ["bytes_out", "bytesOut"],
  ["cost", "cost"],
]);

/** What is asked for; read, but not yet judged. */
export interface StepWish {
  readonly mandate?: MandateId;
  /** Another token of an open step, or a child of it. */
  readonly step?: StepId | typeof CHILD;
  /** Under core's names. */
  readonly asked: JsonObject;
}

export interface Fault {
  readonly why: string;
}

/** Reads the parameter `authorization_details`. */
export function readDetails(text: string): StepWish | Fault {
  return orFault(() => {
    const json = parseJson(text, { maxBytes: DETAILS_MAX, maxDepth: 16 });
    const [details, ...others] = isJsonArray(json) ? json : [];
    if (details === undefined || others.length > 0) return { why: "authorization_details is an array of one object" };
    return readObject(details);
  });
}

/** The grant that is asked for, with the limits of the wider one where it says nothing. */
export function completeGrant({ asked }: StepWish, wider: StepGrant): StepGrant | Fault {
  return orFault(() => parseStepGrant({ ...stepGrantJson(wider), ...asked }));
}

/** A grant as clients and resource servers read it. */
export function detailsOf(grant: StepGrant, mandate: MandateId, step: StepId): JsonObject {
  const own = stepGrantJson(grant);
  const members = [...MEMBERS].flatMap(([wire, name]) => {
    const value = member(own, name);
    return value === undefined ? [] : [[wire, name === "budget" ? budgetOf(value) : value] as const];
  });
  return jsonObject([["type", DETAILS_TYPE], ["mandate", mandate], ["step", step], ...members]);
}

/** Reads back what {@link detailsOf} wrote into a token; `undefined` for anything else. */
export function readGranted(
  json: Json | undefined,
): { readonly grant: StepGrant; readonly mandate: MandateId; readonly step: StepId } | undefined {
  const [details, ...others] = isJsonArray(json) ? json : [];
  if (details === undefined || others.length > 0) return undefined;
  const wish = orFault(() => readObject(details));
  if ("why" in wish || wish.mandate === undefined || wish.step === undefined || wish.step === CHILD) return undefined;
  const grant = orFault(() => parseStepGrant(wish.asked));
  return "why" in grant ? undefined : { grant, mandate: wish.mandate, step: wish.step };
}

function readObject(details: Json): StepWish | Fault {
  if (!isJsonObject(details)) return { why: "authorization_details is an array of one object" };
  const { type, mandate, step, ...rest } = details;
  if (type !== DETAILS_TYPE) return { why: `the type of authorization_details is ${DETAILS_TYPE}` };
  const missing = ["actions", "locations"].find((name) => member(rest, name) === undefined);
  if (missing !== undefined) return { why: `authorization_details: ${missing} is missing` };
  const [id, stepId] = [textOrNone(mandate), textOrNone(step)];
  if (id === null || stepId === null) return { why: "authorization_details: mandate and step are texts" };
  return {
    ...(id === undefined ? {} : { mandate: parseMandateId(id) }),
    ...(stepId === undefined ? {} : { step: stepId === CHILD ? CHILD : parseStepId(stepId) }),
    asked: renamed(rest, MEMBERS, (name, value) => (name === "budget" ? renamed(value, BUDGET) : value)),
  };
}

/** The members under core's names. @throws CoreError CORE_GRANT_MALFORMED for one that is not on the list */
function renamed(
  json: Json,
  names: ReadonlyMap<string, string>,
  read: (name: string, value: Json) => Json = (_name, value) => value,
): JsonObject {
  if (!isJsonObject(json)) throw new CoreError("CORE_GRANT_MALFORMED", "reading a grant: budget: not an object");
  return jsonObject(
    Object.entries(json).map(([wire, value]) => {
      const name = names.get(wire);
      if (name === undefined) throw new CoreError("CORE_GRANT_MALFORMED", `reading a grant: unknown member ${wire}`);
      return [name, read(name, value)];
    }),
  );
}

function budgetOf(budget: Json): Json {
  const wire = new Map([...BUDGET].map(([name, own]) => [own, name]));
  return renamed(budget, wire);
}

function textOrNone(json: Json | undefined): string | null | undefined {
  return json === undefined || typeof json === "string" ? json : null;
}

function orFault<T>(read: () => T): T | Fault {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof CoreError) return { why: onWire(cause.message) };
    throw cause;
  }
}

/** A message of core's parser under the names that the client used. */
function onWire(message: string): string {
  return message
    .replaceAll(/\bverbs\b/g, "actions")
    .replaceAll(/\blabelMax\b/g, "label_max")
    .replaceAll(/\bargsS256\b/g, "args_s256")
    .replaceAll(/\bbytesOut\b/g, "bytes_out");
}
