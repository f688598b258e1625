// SPDX-License-Identifier: Apache-2.0
// Constraints on the arguments of a call: a closed list of kinds, each on a JSON Pointer (RFC 6901; the segment `*` stands for
// every element of an array). A missing target fails every kind but `absent` (identify I11).
import { canonicalText } from "./canonical.ts";
import { digestOf } from "./canonical-bytes.ts";
import { compareDecimals, type Decimal } from "./decimal.ts";
import type { Digest } from "./ids.ts";
import { isJsonArray, isJsonObject, type Json, member, RawNumber } from "./json.ts";
import { isWithin, normalizeLocation } from "./location.ts";

export const CONSTRAINT_KINDS = ["exact", "one_of", "prefix", "range", "max_length", "digest", "absent"] as const;
/** What a number counts, besides the currencies of ISO 4217. */
export const UNITS = ["count", "bytes", "ms", "s", "percent"] as const;
export const LENGTH_UNITS = ["bytes", "items"] as const;

/** A JSON value without parts; a number only if a double holds it exactly. */
export type Scalar = null | boolean | number | string;

interface At {
  /** JSON Pointer into the arguments. */
  readonly at: string;
}

export type Constraint =
  | (At & { readonly kind: "exact"; readonly value: Scalar })
  | (At & { readonly kind: "one_of"; readonly values: readonly Scalar[] })
  /** Normalised (`normalizeLocation`): compared at segment ends. */
  | (At & { readonly kind: "prefix"; readonly value: string })
  /** Both ends belong to it; at least one is there. A number without a unit counts in this one. */
  | (At & { readonly kind: "range"; readonly min?: Decimal; readonly max?: Decimal; readonly unit: string })
  /** UTF-8 bytes of a text, or items of an array. */
  | (At & { readonly kind: "max_length"; readonly max: number; readonly unit: (typeof LENGTH_UNITS)[number] })
  /** Of the canonical form of the value. */
  | (At & { readonly kind: "digest"; readonly value: Digest })
  | (At & { readonly kind: "absent" });

/** Whether arguments keep a constraint. */
export function keeps(args: Json, constraint: Constraint): boolean {
  const { found, missing, misfit } = resolve(args, constraint.at);
  if (misfit) return false;
  if (constraint.kind === "absent") return found.length === 0;
  return !missing && found.length > 0 && found.every((value) => admits(constraint, value));
}

/** Whether every value that keeps `child` also keeps `parent`, as far as the table of identify I12 says; both on one pointer. */
export function constraintImplies(child: Constraint, parent: Constraint): boolean {
  if (child.kind === "exact" && child.kind !== parent.kind) {
    return VALUES_IMPLY.has(parent.kind) && admits(parent, child.value);
  }
  if (child.kind === "one_of") {
    return VALUES_IMPLY.has(parent.kind) && child.values.every((value) => admits(parent, value));
  }
  return isNarrower(child, parent);
}

/** What a list of allowed values may stand for, besides itself. */
const VALUES_IMPLY: ReadonlySet<Constraint["kind"]> = new Set(["one_of", "prefix", "range", "max_length"]);

/** The same kind, and within it. A pair of kinds that nobody thought of is a no. */
function isNarrower(child: Constraint, parent: Constraint): boolean {
  if (child.kind === "exact" && parent.kind === "exact") return isSame(child.value, parent.value);
  if (child.kind === "prefix" && parent.kind === "prefix") return isWithin(child.value, parent.value);
  if (child.kind === "range" && parent.kind === "range") return child.unit === parent.unit && isInside(child, parent);
  if (child.kind === "max_length" && parent.kind === "max_length") {
    return child.unit === parent.unit && child.max <= parent.max;
  }
  if (child.kind === "digest" && parent.kind === "digest") return child.value === parent.value;
  return child.kind === "absent" && parent.kind === "absent";
}

type Range = Extract<Constraint, { kind: "range" }>;

function admits(constraint: Constraint, value: Json): boolean {
  if (constraint.kind === "exact") return isSame(value, constraint.value);
  if (constraint.kind === "one_of") return constraint.values.some((one) => isSame(value, one));
  if (constraint.kind === "prefix") return typeof value === "string" && lies(value, constraint.value);
  if (constraint.kind === "range") return isInRange(value, constraint);
  if (constraint.kind === "max_length") return isShort(value, constraint.max, constraint.unit);
  return constraint.kind === "digest" && digestOf(value) === constraint.value;
}

/** Canonical texts: two spellings of one number are one value, and a text is never a number. */
function isSame(value: Json, wanted: Scalar): boolean {
  return !isJsonArray(value) && !isJsonObject(value) && canonicalText(value) === canonicalText(wanted);
}

function lies(text: string, area: string): boolean {
  const place = normalizeLocation(text, { area: false });
  return place !== undefined && isWithin(place, area);
}

const QUANTITY = /^(-?[0-9]+(?:\.[0-9]+)?)(?: ([A-Za-z]{1,16}))?$/;

/** A JSON number, or text with the decimal and perhaps its unit, `12.50 EUR`. */
function isInRange(value: Json, { min, max, unit }: Range): boolean {
  let lexeme: string | undefined;
  if (typeof value === "number") lexeme = String(value);
  else if (value instanceof RawNumber) lexeme = value.lexeme;
  else if (typeof value === "string") {
    const [, number, named = unit] = QUANTITY.exec(value) ?? [];
    lexeme = named === unit ? number : undefined;
  }
  if (lexeme === undefined) return false;
  return isAtMost(min ?? lexeme, lexeme) && isAtMost(lexeme, max ?? lexeme);
}

function isInside(child: Range, parent: Range): boolean {
  const low = parent.min === undefined || (child.min !== undefined && isAtMost(parent.min, child.min));
  return low && (parent.max === undefined || (child.max !== undefined && isAtMost(child.max, parent.max)));
}

function isAtMost(a: string, b: string): boolean {
  const order = compareDecimals(a, b);
  return order !== undefined && order <= 0;
}

function isShort(value: Json, max: number, unit: (typeof LENGTH_UNITS)[number]): boolean {
  if (unit === "items") return isJsonArray(value) && value.length <= max;
  return typeof value === "string" && Buffer.byteLength(value) <= max;
}

interface Targets {
  readonly found: readonly Json[];
  /** Somewhere on the way a member or an element was not there. */
  readonly missing: boolean;
  /** Elements were asked of something that is no array: nobody can say what the tool makes of it. */
  readonly misfit: boolean;
}

function resolve(args: Json, pointer: string): Targets {
  let found: readonly Json[] = [args];
  let [missing, misfit] = [false, false];
  for (const escaped of pointer.split("/").slice(1)) {
    const name = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
    const next: Json[] = [];
    for (const value of found) {
      const parts = escaped === "*" ? elementsOf(value) : partOf(value, name);
      misfit ||= parts === undefined;
      missing ||= parts?.length === 0;
      for (const part of parts ?? []) next.push(part);
    }
    found = next;
  }
  return { found, missing, misfit };
}

function elementsOf(value: Json): readonly Json[] | undefined {
  return isJsonArray(value) ? value : undefined;
}

function partOf(value: Json, name: string): readonly Json[] {
  const part = isJsonArray(value) && /^(?:0|[1-9][0-9]{0,8})$/.test(name) ? value[Number(name)] : member(value, name);
  return part === undefined ? [] : [part];
}
