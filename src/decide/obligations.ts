// SPDX-License-Identifier: Apache-2.0
// The registry of obligations (D33-D35): what each may say in a bundle, and how two of a kind become one. A join only ever
// makes stricter, and the order in which policies stand does not matter. Being here does not mean that a gate can carry it
// out: what the one that asks did not declare denies.
import { z } from "zod";
import {
  CAPTURE_LEVELS,
  type Category,
  CoreError,
  type Obligation,
  parseCategory,
  REDACT_STYLES,
} from "../core/index.ts";

type Type = Obligation["type"];
/** The obligation of a type; several types share a shape. */
type Of<T extends Type, O = Obligation> = O extends { readonly type: infer U }
  ? T extends U
    ? O & { readonly type: T }
    : never
  : never;

const category = z.string().transform((text, context): Category => {
  try {
    return parseCategory(text);
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    context.addIssue({ code: "custom", message: cause.message });
    return z.NEVER;
  }
});

const NAMES_MAX = 64;
/** UNIT: characters. */
const TEXT_MAX = 256;
const names = z.array(z.string().min(1).max(TEXT_MAX)).min(1).max(NAMES_MAX).transform(sorted);
const categories = z.array(category).min(1).transform(sorted);
/** So many digits, with four behind the point, stay below 2^53 ten-thousandths. */
const amount = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,10})(?:\.[0-9]{1,4})?$/, "an amount is decimal text such as 250 or 99.50")
  .transform((text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text));

function sized<T extends Type>(type: T): z.ZodObject<{ type: z.ZodLiteral<T>; max: z.ZodInt }> {
  return z.strictObject({ type: z.literal(type), max: z.int().min(0) });
}

function bare<T extends Type>(type: T): z.ZodObject<{ type: z.ZodLiteral<T> }> {
  return z.strictObject({ type: z.literal(type) });
}

/** One obligation as a bundle writes it. */
export const OBLIGATION: z.ZodType<Obligation> = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("capture"), level: z.enum(CAPTURE_LEVELS) }),
  z.strictObject({ type: z.literal("declassify"), categories }),
  z.strictObject({ type: z.literal("end_session"), who: names }),
  z.strictObject({ type: z.literal("filter"), all: names }),
  bare("mark_untrusted"),
  z.strictObject({ type: z.literal("max_amount"), amount, currency: z.string().regex(/^[A-Z]{3}$/) }),
  sized("max_bytes"),
  sized("max_rows"),
  z.strictObject({ type: z.literal("model"), allow: names }),
  bare("no_retain"),
  bare("no_train"),
  z.strictObject({ type: z.literal("notify"), who: names }),
  bare("read_only"),
  z.strictObject({ type: z.literal("redact"), categories, style: z.enum(REDACT_STYLES) }),
  z.strictObject({ type: z.literal("region"), allow: names }),
  z.strictObject({ type: z.literal("reveal"), categories }),
  sized("ttl"),
  z.strictObject({ type: z.literal("watermark"), texts: names }),
]);

/** How two of one type become one; a type without a join does not compile. */
const JOINS: { readonly [T in Type]: (a: Of<T>, b: Of<T>) => Obligation } = {
  capture: (a, b) => (CAPTURE_LEVELS.indexOf(a.level) >= CAPTURE_LEVELS.indexOf(b.level) ? a : b),
  declassify: (a, b) => ({ type: "declassify", categories: common(a.categories, b.categories) }),
  end_session: (a, b) => ({ type: "end_session", who: sorted([...a.who, ...b.who]) }),
  filter: (a, b) => ({ type: "filter", all: sorted([...a.all, ...b.all]) }),
  mark_untrusted: (a) => a,
  max_amount: smallerAmount,
  max_bytes: (a, b) => (a.max <= b.max ? a : b),
  max_rows: (a, b) => (a.max <= b.max ? a : b),
  model: (a, b) => ({ type: "model", allow: common(a.allow, b.allow) }),
  no_retain: (a) => a,
  no_train: (a) => a,
  notify: (a, b) => ({ type: "notify", who: sorted([...a.who, ...b.who]) }),
  read_only: (a) => a,
  redact: (a, b) => ({
    type: "redact",
    categories: sorted([...a.categories, ...b.categories]),
    style: REDACT_STYLES.indexOf(a.style) >= REDACT_STYLES.indexOf(b.style) ? a.style : b.style,
  }),
  region: (a, b) => ({ type: "region", allow: common(a.allow, b.allow) }),
  reveal: (a, b) => ({ type: "reveal", categories: common(a.categories, b.categories) }),
  ttl: (a, b) => (a.max <= b.max ? a : b),
  watermark: (a, b) => ({ type: "watermark", texts: sorted([...a.texts, ...b.texts]) }),
};

/** Every type there is. */
export const OBLIGATION_TYPES: ReadonlySet<Type> = new Set(typesOf(JOINS));

/** At most one of each type, in the order of types. */
export function joinObligations(all: readonly Obligation[]): readonly Obligation[] {
  // nearly every decision has none
  if (all.length < 2) return all;
  return typesOf(JOINS).flatMap((type) => joinOf(type, all));
}

/** Whether nothing could ever carry it out: two places that have none in common, two currencies. */
export function isImpossible(obligation: Obligation): boolean {
  if (obligation.type === "region" || obligation.type === "model") return obligation.allow.length === 0;
  return obligation.type === "max_amount" && obligation.currency === "";
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it ties a type to its own join
function joinOf<T extends Type>(type: T, all: readonly Obligation[]): readonly Obligation[] {
  const join = JOINS[type];
  let joined: Obligation | undefined;
  for (const one of all) {
    if (!isOf(one, type)) continue;
    joined = joined === undefined || !isOf(joined, type) ? one : join(joined, one);
  }
  return joined === undefined ? [] : [joined];
}

function isOf<T extends Type>(obligation: Obligation, type: T): obligation is Of<T> {
  return obligation.type === type;
}

function smallerAmount(a: Of<"max_amount">, b: Of<"max_amount">): Obligation {
  if (a.currency !== b.currency) return { type: "max_amount", amount: "0", currency: "" };
  return Number(a.amount) <= Number(b.amount) ? a : b;
}

function typesOf(table: { readonly [T in Type]: unknown }): readonly Type[] {
  return Object.keys(table).filter((type): type is Type => type in table);
}

function sorted<T extends string>(items: readonly T[]): readonly T[] {
  return [...new Set(items)].toSorted();
}

function common<T extends string>(a: readonly T[], b: readonly T[]): readonly T[] {
  return a.filter((one) => b.includes(one));
}
