// SPDX-License-Identifier: Apache-2.0
// The registry of obligations (D33-D35): what each may say in a bundle, and how two of a kind become one. A join only ever
// makes stricter, and the order in which policies stand does not matter.
import { z } from "zod";
import { type Category, CoreError, type Obligation, parseCategory, REDACT_STYLES } from "../core/index.ts";

type Of<T extends Obligation["type"]> = Extract<Obligation, { readonly type: T }>;

const category = z.string().transform((text, context): Category => {
  try {
    return parseCategory(text);
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    context.addIssue({ code: "custom", message: cause.message });
    return z.NEVER;
  }
});

const SHAPES = {
  mark_untrusted: z.strictObject({ type: z.literal("mark_untrusted") }),
  max_bytes: z.strictObject({ type: z.literal("max_bytes"), max: z.int().min(0) }),
  redact: z.strictObject({
    type: z.literal("redact"),
    categories: z.array(category).min(1).transform(sorted),
    style: z.enum(REDACT_STYLES),
  }),
} satisfies { readonly [T in Obligation["type"]]: z.ZodType<Of<T>> };

/** One obligation as a bundle writes it. */
export const OBLIGATION: z.ZodType<Obligation> = z.discriminatedUnion("type", [
  SHAPES.mark_untrusted,
  SHAPES.max_bytes,
  SHAPES.redact,
]);

/** By type, all of that type as at most one; a type without a join does not compile. */
const JOINS: Readonly<Record<Obligation["type"], (all: readonly Obligation[]) => readonly Obligation[]>> = {
  mark_untrusted: (all) =>
    joined(
      all.filter((one) => one.type === "mark_untrusted"),
      (a) => a,
    ),
  max_bytes: (all) =>
    joined(
      all.filter((one) => one.type === "max_bytes"),
      (a, b) => (a.max <= b.max ? a : b),
    ),
  redact: (all) =>
    joined(
      all.filter((one) => one.type === "redact"),
      (a, b) => ({
        type: "redact",
        categories: sorted([...a.categories, ...b.categories]),
        style: REDACT_STYLES.indexOf(a.style) >= REDACT_STYLES.indexOf(b.style) ? a.style : b.style,
      }),
    ),
};

/** Every type there is. */
export const OBLIGATION_TYPES: ReadonlySet<string> = new Set(Object.keys(JOINS));

/** At most one of each type, in the order of types. */
export function joinObligations(all: readonly Obligation[]): readonly Obligation[] {
  return Object.values(JOINS).flatMap((join) => join(all));
}

function joined<T extends Obligation>(all: readonly T[], join: (a: T, b: T) => T): readonly T[] {
  return all.length === 0 ? [] : [all.reduce(join)];
}

function sorted(categories: readonly Category[]): readonly Category[] {
  return [...new Set(categories)].toSorted();
}
