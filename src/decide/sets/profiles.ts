// SPDX-License-Identifier: Apache-2.0
// Policies say what was checked, profiles say what is done about it (D36): `obligations.yaml` and `remedies.yaml` define
// them by name, and a policy that names one gets what it means. A name that nothing defines would drop a duty in silence.
import { z } from "zod";
import {
  type Challenge,
  CONTEXT,
  type ContextType,
  type Json,
  type Obligation,
  parseJson,
  quote,
} from "../../core/index.ts";
import { OBLIGATION } from "../obligations.ts";
import type { Rule } from "../policy-set.ts";
import type { Notes } from "./notes.ts";
import type { Complaint } from "./source.ts";

type Remedy = Omit<Challenge, "policy" | "profile">;

/** What a bundle defines, by name. */
export interface Profiles {
  readonly obligations: Readonly<Record<string, Obligation>>;
  readonly remedies: Readonly<Record<string, Remedy>>;
}

/** SOURCE: respond; more signatures do not fit into the entry of a decision */
const APPROVERS_MAX = 8;
const USES_MAX = 1000;

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,95}$/, "a name has small letters, digits, dots and dashes");

const ttl = z.string().transform((text, context): number => {
  const [, count, unit = ""] = /^([1-9][0-9]{0,3})([smhd])$/.exec(text) ?? [];
  const unitMs = UNITS_MS.get(unit);
  if (unitMs !== undefined) return Number(count) * unitMs;
  context.addIssue({ code: "custom", message: "a time is written 90s, 15m, 8h or 2d" });
  return z.NEVER;
});

/** Every path of the context: what an answer may be bound to. */
const BINDABLE: ReadonlySet<string> = new Set(CONTEXT.flatMap(({ name: member, type }) => pathsOf(member, type)));
/** Different at every call, so that no answer would ever fit the call that it was given for. */
const FLEETING: ReadonlySet<string> = new Set(["now", "auth", "auth.age"]);

const bind = z
  .string()
  .refine((path) => BINDABLE.has(path), "no member of the context has this name")
  .refine((path) => !FLEETING.has(path), "it differs at every call, so that no answer would ever fit");

const remedy = z
  .strictObject({
    kind: z.literal("approval", "this version asks people for an approval and for nothing else"),
    approvers: z.strictObject({
      group: z.string().min(1).max(100),
      count: z.int().min(1).max(APPROVERS_MAX).default(1),
      notRequester: z.boolean().default(true),
    }),
    ttl: ttl.optional(),
    uses: z.int().min(1).max(USES_MAX).default(1),
    binds: z.array(bind).default([]),
  })
  .transform(({ ttl: ttlMs, binds, ...rest }): Remedy => {
    const bound = { ...rest, binds: [...new Set(binds)].toSorted() };
    return ttlMs === undefined ? bound : { ...bound, ttlMs };
  });

/** `obligations.yaml`. */
export const OBLIGATIONS: z.ZodType<Profiles["obligations"]> = z.record(name, OBLIGATION);
/** `remedies.yaml`. */
export const REMEDIES: z.ZodType<Profiles["remedies"]> = z.record(name, remedy);

/** What a policy names, and what is wrong with the names. */
export function dutiesOf(
  { id, obligations = [], remedy: named }: Notes,
  profiles: Profiles,
): { readonly duties: Omit<Rule, "hit">; readonly complaints: readonly Complaint[] } {
  const found = obligations.flatMap((profile) => own(profiles.obligations, profile) ?? []);
  const means = named === undefined ? undefined : own(profiles.remedies, named);
  const complaints = [
    ...obligations
      .filter((profile) => own(profiles.obligations, profile) === undefined)
      .map((profile) => unknown("obligation", profile, profiles.obligations)),
    ...(named === undefined || means !== undefined ? [] : [unknown("remedy", named, profiles.remedies)]),
  ];
  if (means === undefined || named === undefined) return { duties: { obligations: found }, complaints };
  return { duties: { obligations: found, challenge: { policy: id, profile: named, ...means } }, complaints };
}

/** Definitions as they stand in digests. */
export function definition(of: object): Json {
  return parseJson(JSON.stringify(of));
}

function own<T>(profiles: Readonly<Record<string, T>>, profile: string): T | undefined {
  return Object.hasOwn(profiles, profile) ? profiles[profile] : undefined;
}

function unknown(kind: "obligation" | "remedy", profile: string, known: object): Complaint {
  const file = kind === "obligation" ? "obligations.yaml" : "remedies.yaml";
  const names = Object.keys(known);
  return {
    code: `unknown_${kind}`,
    text: `${file} defines no ${quote(profile)}`,
    fix: names.length === 0 ? `define it in ${file}` : `define it there, or use one of ${names.join(", ")}`,
  };
}

function pathsOf(path: string, type: ContextType): readonly string[] {
  if (typeof type === "string") return [path];
  return [path, ...Object.entries(type).flatMap(([member, inner]) => pathsOf(`${path}.${member}`, inner))];
}
