// SPDX-License-Identifier: Apache-2.0
// Reads a grant, strictly: an unknown member, verb, kind, label or unit anywhere is an error that says which, since a limit
// that nobody understands must not be dropped (identify I11).
import { canonicalText } from "./canonical.ts";
import { CONSTRAINT_KINDS, type Constraint, LENGTH_UNITS, type Scalar, UNITS } from "./constraint.ts";
import { compareDecimals, type Decimal, parseDecimal } from "./decimal.ts";
import { CoreError, quote } from "./errors.ts";
import { parseDigest } from "./ids.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, member, RawNumber } from "./json.ts";
import { JURISDICTION, LEVELS } from "./label.ts";
import { normalizeLocation } from "./location.ts";
import type { Budget, StepGrant } from "./mandate.ts";
import { VERBS } from "./verb.ts";

/** UNIT: bytes of canonical JSON. A token carries its grant in a header, and servers cut headers at 16 KiB. */
export const GRANT_MAX_BYTES = 4096;
/** Items of one list. */
const LIST_MAX = 64;

const MEMBERS = ["verbs", "locations", "datatypes", "constraints", "labelMax", "jurisdictions", "purpose", "budget"];
const CATEGORY = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const PURPOSE = /^[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)*$/;
const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;
const S256 = /^[A-Za-z0-9_-]{43}$/;
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"));

/** Reads a grant as `stepGrantJson` writes it. @throws CoreError CORE_GRANT_MALFORMED, naming the member */
export function parseStepGrant(json: Json): StepGrant {
  const grant = object(json, "grant", MEMBERS, ["argsS256"]);
  if (Buffer.byteLength(canonicalText(json)) > GRANT_MAX_BYTES) throw fault("grant", `over ${GRANT_MAX_BYTES} bytes`);
  const argsS256 = member(grant, "argsS256");
  return {
    verbs: some(
      list(grant, "verbs", (item, at) => word(item, at, VERBS)),
      "verbs",
    ),
    locations: some(list(grant, "locations", readLocation), "locations"),
    datatypes: list(grant, "datatypes", (item, at) => matching(item, at, CATEGORY, "no category")),
    constraints: list(grant, "constraints", readConstraint),
    labelMax: word(member(grant, "labelMax"), "labelMax", LEVELS),
    jurisdictions: some(
      list(grant, "jurisdictions", (item, at) => matching(item, at, JURISDICTION, "no jurisdiction")),
      "jurisdictions",
    ),
    purpose: matching(member(grant, "purpose"), "purpose", PURPOSE, "not dotted lower-case words"),
    budget: readBudget(member(grant, "budget")),
    ...(argsS256 === undefined ? {} : { argsS256: matching(argsS256, "argsS256", S256, "no base64url SHA-256") }),
  };
}

function readLocation(json: Json, at: string): string {
  const location = normalizeLocation(text(json, at), { area: true });
  if (location?.includes("://") !== true) throw fault(at, "not a plain URI with a host, in one spelling");
  return location;
}

function readBudget(json: Json | undefined): Budget {
  const budget = object(json, "budget", [], ["calls", "tokens", "bytesOut", "cost"]);
  const counts = Object.keys(budget).filter((name) => name !== "cost");
  const limits = Object.fromEntries(counts.map((name) => [name, whole(budget[name], `budget.${name}`)]));
  const cost = member(budget, "cost");
  if (cost === undefined) return limits;
  const parts = object(cost, "budget.cost", ["currency", "amount"], []);
  const currency = text(member(parts, "currency"), "budget.cost.currency");
  if (!CURRENCIES.has(currency)) throw fault("budget.cost.currency", `unknown unit ${quote(currency)}`);
  return { ...limits, cost: { currency, amount: decimal(member(parts, "amount"), "budget.cost.amount") } };
}

/** The members of each kind besides `kind` and `at`, and how they are read. */
const READERS: Readonly<Record<Constraint["kind"], (parts: Parts) => Constraint>> = {
  exact: ({ at, where, closed }) => ({
    kind: "exact",
    at,
    value: scalar(closed(["value"])["value"], `${where}.value`),
  }),
  one_of: ({ at, where, closed }) => {
    const values = list(closed(["values"]), "values", scalar);
    return { kind: "one_of", at, values: some(values, `${where}.values`) };
  },
  prefix: ({ at, where, closed }) => ({
    kind: "prefix",
    at,
    value: readArea(closed(["value"])["value"], `${where}.value`),
  }),
  range: ({ at, where, closed }) => readRange(closed(["unit"], ["min", "max"]), at, where),
  max_length: ({ at, where, closed }) => {
    const { max, unit } = closed(["max", "unit"]);
    return { kind: "max_length", at, max: whole(max, `${where}.max`), unit: word(unit, `${where}.unit`, LENGTH_UNITS) };
  },
  digest: ({ at, where, closed }) => ({
    kind: "digest",
    at,
    value: readDigest(closed(["value"])["value"], `${where}.value`),
  }),
  absent: ({ at, closed }) => {
    closed([]);
    return { kind: "absent", at };
  },
};

interface Parts {
  readonly at: string;
  /** Where it stands in the grant. */
  readonly where: string;
  /** The constraint, if it has these members and no others. */
  readonly closed: (needed: readonly string[], optional?: readonly string[]) => JsonObject;
}

function readConstraint(json: Json, where: string): Constraint {
  if (!isJsonObject(json)) throw fault(where, "not an object");
  const kind = word(member(json, "kind"), `${where}.kind`, CONSTRAINT_KINDS);
  const at = text(member(json, "at"), `${where}.at`);
  if (!POINTER.test(at) || at.length > 256) throw fault(`${where}.at`, "not a JSON Pointer");
  const closed: Parts["closed"] = (needed, optional = []) => object(json, where, ["kind", "at", ...needed], optional);
  return READERS[kind]({ at, where, closed });
}

function readArea(json: Json | undefined, at: string): string {
  const area = normalizeLocation(text(json, at), { area: true });
  if (area === undefined) throw fault(at, "not a plain URI or path, in one spelling");
  return area;
}

function readRange(range: JsonObject, at: string, where: string): Constraint {
  const unit = text(member(range, "unit"), `${where}.unit`);
  const known: readonly string[] = UNITS;
  if (!known.includes(unit) && !CURRENCIES.has(unit)) throw fault(`${where}.unit`, `unknown unit ${quote(unit)}`);
  const [min, max] = ["min", "max"].map((name) => {
    const end = member(range, name);
    return end === undefined ? undefined : decimal(end, `${where}.${name}`);
  });
  if (min === undefined && max === undefined) throw fault(where, "a range has an end");
  if (min !== undefined && max !== undefined && (compareDecimals(min, max) ?? 1) > 0)
    throw fault(where, "the range is empty");
  return { kind: "range", at, unit, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

function readDigest(json: Json | undefined, at: string): ReturnType<typeof parseDigest> {
  try {
    return parseDigest(text(json, at));
  } catch (cause) {
    throw fault(at, "not sha256: and 64 hex digits", cause);
  }
}

function decimal(json: Json | undefined, at: string): Decimal {
  try {
    return parseDecimal(text(json, at));
  } catch (cause) {
    throw fault(at, "not a decimal in quotes", cause);
  }
}

/** An object with these members, these others if it likes, and no more. */
function object(
  json: Json | undefined,
  at: string,
  needed: readonly string[],
  optional: readonly string[],
): JsonObject {
  if (!isJsonObject(json)) throw fault(at, "not an object");
  const missing = needed.find((name) => member(json, name) === undefined);
  if (missing !== undefined) throw fault(at, `${missing} is missing`);
  const stranger = Object.keys(json).find((name) => !needed.includes(name) && !optional.includes(name));
  if (stranger !== undefined) throw fault(at, `unknown member ${quote(stranger)}`);
  return json;
}

/** The items of a list, none of them twice. */
function list<T>(json: JsonObject, name: string, read: (item: Json, at: string) => T): readonly T[] {
  const given = member(json, name);
  if (!isJsonArray(given) || given.length > LIST_MAX) throw fault(name, `not a list of at most ${LIST_MAX}`);
  const items = given.map((item, i) => read(item, `${name}[${i}]`));
  if (new Set(items.map((item) => (typeof item === "string" ? item : {}))).size < items.length) {
    throw fault(name, "an item stands twice");
  }
  return items;
}

function some<T>(items: readonly T[], at: string): readonly T[] {
  if (items.length === 0) throw fault(at, "an empty list");
  return items;
}

function word<W extends string>(json: Json | undefined, at: string, words: readonly W[]): W {
  const given = text(json, at);
  const known = words.find((one) => one === given);
  if (known === undefined) throw fault(at, `unknown ${quote(given)}`);
  return known;
}

function matching(json: Json | undefined, at: string, pattern: RegExp, why: string): string {
  const given = text(json, at);
  if (!pattern.test(given)) throw fault(at, why);
  return given;
}

function scalar(json: Json | undefined, at: string): Scalar {
  if (json === undefined || isJsonArray(json) || isJsonObject(json))
    throw fault(at, "not a text, number, boolean or null");
  if (!(json instanceof RawNumber)) return json;
  const value = Number(json.lexeme);
  if (!Number.isFinite(value) || canonicalText(value) !== canonicalText(json)) {
    throw fault(at, "a number that no double holds: write it as text, or as a range");
  }
  return value;
}

function text(json: Json | undefined, at: string): string {
  if (typeof json !== "string") throw fault(at, "not a text");
  return json;
}

function whole(json: Json | undefined, at: string): number {
  if (typeof json !== "number" || !Number.isSafeInteger(json) || json < 0) throw fault(at, "not a whole number from 0");
  return json;
}

function fault(at: string, why: string, cause?: unknown): CoreError {
  return new CoreError("CORE_GRANT_MALFORMED", `reading a grant: ${at}: ${why}`, cause === undefined ? {} : { cause });
}
