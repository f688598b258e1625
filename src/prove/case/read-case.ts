// SPDX-License-Identifier: Apache-2.0
// What people write about a case, into a state that can be judged. A name that the data does not know is refused: it would
// be taken for something unknown, and nobody would ever be asked.
import { z } from "zod";
import { ProveError } from "../errors.ts";
import type { FactWord, Vocabulary } from "../regimes/names.ts";
import { oneOf } from "../yaml-file.ts";
import { ANY_NUMBER } from "./people.ts";
import type { Bounds, CaseState, Entity, Known, Listed } from "./state.ts";

/**
 * A number, its bounds (`null`: no upper one), or the least it can be. An estimate without bounds, and `unknown`, leave it
 * open: a place that is listed so is not one that nobody is in.
 */
export type Count =
  | number
  | readonly [number, number | null]
  | { readonly at_least: number }
  | { readonly estimate: number }
  | "unknown";

/** What is said of a fact: yes or no, a value of its list, or a number. */
export type Value = boolean | string | Exclude<Count, string>;

/** A case as a file or a form says it. What is left out is unknown. */
export interface CaseInput {
  readonly entity?: EntityInput | undefined;
  readonly people?:
    | { readonly complete?: boolean | undefined; readonly by?: Readonly<Record<string, Count>> | undefined }
    | undefined;
  readonly facts?: Readonly<Record<string, Value>> | undefined;
}

export interface EntityInput {
  readonly roles?: readonly string[] | undefined;
  readonly roles_complete?: boolean | undefined;
  readonly est?: readonly string[] | undefined;
  readonly est_complete?: boolean | undefined;
  readonly serves?: readonly string[] | undefined;
  readonly serves_complete?: boolean | undefined;
  readonly home_state?: string | undefined;
  readonly free_zones?: readonly string[] | undefined;
  readonly free_zones_complete?: boolean | undefined;
  readonly public_body?: boolean | undefined;
}

/** @throws ProveError PROVE_CASE_INVALID, with the member and what it may be */
export function readCase(input: CaseInput, words: Vocabulary): CaseState {
  const parsed = caseShape(words).safeParse(input);
  if (parsed.success) return stateOf(parsed.data);
  const [issue, ...others] = parsed.error.issues;
  const rest = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const where = issue?.path.map(String).join(".") ?? "";
  throw new ProveError("PROVE_CASE_INVALID", `reading the case: ${where}: ${issue?.message ?? "invalid"}${rest}`);
}

/** UNIT: entries. More places than this in one list are refused (prove, section 4). */
const PLACES_MAX = 64;
/** UNIT: entries. Facts, and places that people are in. */
const MEMBERS_MAX = 512;

function caseShape(words: Vocabulary): z.ZodType<CaseInput> {
  const flag = z.boolean().optional();
  // a country that no row names is a place all the same
  const place = z.string().refine((name) => words.places.has(name) || isCountry(name), {
    error: "no such place; write ISO 3166, such as DE or US-CA",
  });
  const country = place.refine((name) => ISO_3166.test(name), {
    error: "people are counted in countries and subdivisions",
  });
  const places = z.array(place).max(PLACES_MAX).optional();
  return z.strictObject({
    entity: z
      .strictObject({
        roles: z.array(oneOf("role", words.roles)).optional(),
        roles_complete: flag,
        est: places,
        est_complete: flag,
        serves: places,
        serves_complete: flag,
        home_state: country.optional(),
        free_zones: z.array(z.string().min(1)).optional(),
        free_zones_complete: flag,
        public_body: flag,
      })
      .optional(),
    people: z
      .strictObject({
        complete: flag,
        by: members(
          (name) => placeProblem(name, country),
          () => whole,
        ),
      })
      .optional(),
    facts: members(
      (name) => (words.facts.has(name) ? undefined : "no such fact; the facts are listed in facts.yaml"),
      (name) => valueShape(words.facts.get(name)),
    ),
  });
}

function placeProblem(name: string, country: z.ZodType<string>): string | undefined {
  return country.safeParse(name).error?.issues[0]?.message;
}

/** Values by name: the name is judged first, and then the value by what the name wants. */
function members<T extends Value>(
  problemOf: (name: string) => string | undefined,
  shapeOf: (name: string) => z.ZodType<T>,
): z.ZodType<Readonly<Record<string, T>> | undefined> {
  return z
    .record(z.string(), z.unknown())
    .transform((all, context) => {
      const wrong = (path: readonly string[], message: string): void =>
        context.addIssue({ code: "custom", path: [...path], message });
      if (Object.keys(all).length > MEMBERS_MAX) wrong([], `more than ${MEMBERS_MAX}`);
      const read = Object.entries(all).flatMap(([name, value]): [string, T][] => {
        const problem = problemOf(name);
        const parsed = shapeOf(name).safeParse(value);
        if (problem !== undefined) wrong([name], problem);
        else if (!parsed.success) wrong([name], parsed.error.issues[0]?.message ?? "invalid");
        return parsed.success ? [[name, parsed.data]] : [];
      });
      return Object.fromEntries(read);
    })
    .optional();
}

const ISO_3166 = /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/;
const REGIONS = new Intl.DisplayNames("en", { type: "region", fallback: "none" });

/** The code that stands for an unknown region, and has a name of its own. */
const NO_REGION = "ZZ";

function isCountry(name: string): boolean {
  const region = ISO_3166.test(name) ? REGIONS.of(name.slice(0, "XX".length)) : undefined;
  return region !== undefined && region !== REGIONS.of(NO_REGION);
}

const amount = z.number().min(0, { error: "it cannot be less than 0" });
const whole = counted(amount.int());

function counted(number: z.ZodType<number>): z.ZodType<Count> {
  return z.union(
    [
      number,
      z
        .tuple([number, number.nullable()])
        .refine(([lo, hi]) => hi === null || lo <= hi, { error: "the lower bound is above the upper one" }),
      z.strictObject({ at_least: number }),
      z.strictObject({ estimate: number }),
      z.literal("unknown"),
    ],
    { error: "not a number, bounds such as [10, 40], or {at_least: 10}; leave it out where it is unknown" },
  );
}

function valueShape({ type, values }: FactWord = { type: "bool", ask: "" }): z.ZodType<Value> {
  if (type === "bool") return z.boolean({ error: "it is true or false; leave it out where it is unknown" });
  if (type === "enum") return oneOf(`value (${values?.join(", ") ?? ""})`, new Set(values));
  return type === "count" ? whole : counted(amount);
}

function stateOf({ entity = {}, people = {}, facts = {} }: CaseInput): CaseState {
  const known = Object.entries(facts).map(([name, value]) => [name, knownOf(value)] as const);
  const isPublic = entity.public_body === undefined ? [] : [[PUBLIC_BODY, entity.public_body] as const];
  return {
    entity: entityOf(entity),
    people: {
      complete: people.complete ?? false,
      by: new Map(Object.entries(people.by ?? {}).map(([place, count]) => [place, boundsOf(count)])),
    },
    facts: new Map<string, Known>([...isPublic, ...known]),
  };
}

/** The fact that the entity's profile answers. */
const PUBLIC_BODY = "entity.public_body";

function entityOf(entity: EntityInput): Entity {
  return {
    roles: listed(entity.roles, entity.roles_complete),
    est: listed(entity.est, entity.est_complete),
    serves: listed(entity.serves, entity.serves_complete),
    freeZones: listed(entity.free_zones, entity.free_zones_complete),
    homeState: entity.home_state,
  };
}

function listed(names: readonly string[] = [], complete = false): Listed {
  return { names: new Set(names), complete };
}

function knownOf(value: Value): Known {
  return typeof value === "boolean" || (typeof value === "string" && value !== "unknown") ? value : boundsOf(value);
}

function boundsOf(count: Count): Bounds {
  if (typeof count === "number") return { lo: count, hi: count };
  if (count === "unknown" || "estimate" in count) return ANY_NUMBER;
  if ("at_least" in count) return { lo: count.at_least, hi: Number.POSITIVE_INFINITY };
  return { lo: count[0], hi: count[1] ?? Number.POSITIVE_INFINITY };
}
