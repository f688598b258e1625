// SPDX-License-Identifier: Apache-2.0
// Labels: what is known of a piece of data. They form a lattice (protect P16): joining only ever makes one stricter, and
// the order in which pieces are joined does not matter.
import { createHash } from "node:crypto";
import { CoreError, quote } from "./errors.ts";
import type { Brand, ServerId } from "./ids.ts";
import { LABEL_MAX_ORIGINS } from "./limits.ts";
import { type Trust, trustRank } from "./trust.ts";

export const LEVELS = ["public", "internal", "confidential", "restricted"] as const;
export type Level = (typeof LEVELS)[number];

/** Position in the order public < internal < confidential < restricted. */
export function levelRank(level: Level): number {
  return LEVELS.indexOf(level);
}

/** ISO 3166-1 alpha-2, or with a subdivision (`US-CA`), or `EU`, `EEA`. */
export const JURISDICTION: RegExp = /^(?:[A-Z]{2}(?:-[A-Z0-9]{1,3})?|EEA)$/;

/** Whose law follows the data: matches {@link JURISDICTION}. */
export type Jurisdiction = Brand<string, "Jurisdiction">;
/** A kind of data; the list is open and lives in `policies/labels.yaml`. */
export type Category = Brand<string, "Category">;
/** What data may be used for. */
export type Purpose = Brand<string, "Purpose">;
/** A legal hold, by the id that the register of holds gave it. */
export type HoldId = Brand<string, "HoldId">;

/** Traffic Light Protocol 2.0, from loosest to strictest. */
export const TLPS = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"] as const;
export type Tlp = (typeof TLPS)[number];

/** Where data came from: the person's words, the mandate, or a tool of a server. */
export type OriginRef =
  | { readonly kind: "user" | "mandate" }
  | { readonly kind: "tool"; readonly server: ServerId; readonly tool: string };

/** Every list is sorted and without repeats, so that equal labels are equal texts. */
export interface Label {
  readonly level: Level;
  readonly categories: readonly Category[];
  readonly jurisdictions: readonly Jurisdiction[];
  /** What it may be used for; `any` is no restriction, an empty list allows no use. */
  readonly purposes: readonly Purpose[] | "any";
  readonly tlp: Tlp | null;
  readonly trust: Trust;
  /** At most {@link LABEL_MAX_ORIGINS}. */
  readonly origins: readonly OriginRef[];
  /** 64 hexadecimal digits: what is left of the origins that found no place, see {@link join}. */
  readonly moreOrigins?: string;
  readonly holds: readonly HoldId[];
  /** `false` if a check that should have looked at the data did not, or not at all of it. */
  readonly complete: boolean;
}

/** Joins with any label to that label. */
export const NEUTRAL_LABEL: Label = {
  level: "public",
  categories: [],
  jurisdictions: [],
  purposes: "any",
  tlp: null,
  trust: "user",
  origins: [],
  holds: [],
  complete: true,
};

/** @throws CoreError CORE_WORD_UNKNOWN */
export const parseCategory: (text: string) => Category = word<"Category">("category", /^[a-z][a-z0-9_-]{0,63}$/);
/** @throws CoreError CORE_WORD_UNKNOWN */
export const parseJurisdiction: (text: string) => Jurisdiction = word<"Jurisdiction">("jurisdiction", JURISDICTION);

/**
 * The label of data that holds all of these: the strictest of each member (protect P16). Of more than
 * {@link LABEL_MAX_ORIGINS} origins the first in text order stay; each other one sets eight of the 256 bits of
 * `moreOrigins`, which keeps the laws of a lattice, as a digest of a list would not.
 */
export function join(...labels: readonly Label[]): Label {
  return labels.reduce(joinTwo, NEUTRAL_LABEL);
}

function joinTwo(a: Label, b: Label): Label {
  return {
    level: levelRank(a.level) >= levelRank(b.level) ? a.level : b.level,
    categories: union(a.categories, b.categories),
    jurisdictions: union(a.jurisdictions, b.jurisdictions),
    purposes: intersection(a.purposes, b.purposes),
    tlp: tlpRank(a.tlp) >= tlpRank(b.tlp) ? a.tlp : b.tlp,
    trust: trustRank(a.trust) <= trustRank(b.trust) ? a.trust : b.trust,
    ...joinOrigins(a, b),
    holds: union(a.holds, b.holds),
    complete: a.complete && b.complete,
  };
}

/** Position in the order of {@link TLPS}; -1 for data that carries none. */
export function tlpRank(tlp: Tlp | null): number {
  return tlp === null ? -1 : TLPS.indexOf(tlp);
}

/** `user`, `mandate` or `tool:<server>/<tool>`: one text for one origin. */
export function formatOrigin(origin: OriginRef): string {
  return origin.kind === "tool" ? `tool:${origin.server}/${origin.tool}` : origin.kind;
}

function union<T extends string>(a: readonly T[], b: readonly T[]): readonly T[] {
  // most labels have none of most
  if (a.length + b.length === 0) return [];
  return [...new Set([...a, ...b])].toSorted();
}

function intersection(a: Label["purposes"], b: Label["purposes"]): Label["purposes"] {
  if (a === "any") return b === "any" ? b : union(b, []);
  if (b === "any") return union(a, []);
  return union(a, []).filter((purpose) => b.includes(purpose));
}

function joinOrigins(a: Label, b: Label): Pick<Label, "origins" | "moreOrigins"> {
  const isNone = a.origins.length + b.origins.length === 0;
  if (isNone && a.moreOrigins === undefined && b.moreOrigins === undefined) return { origins: [] };
  const all = new Map([...a.origins, ...b.origins].map((origin) => [formatOrigin(origin), origin]));
  const sorted = [...all].toSorted(([x], [y]) => (x < y ? -1 : 1));
  const bits = Buffer.alloc(32);
  for (const more of [a.moreOrigins, b.moreOrigins]) {
    if (more !== undefined) Buffer.from(more, "hex").forEach((byte, i) => (bits[i] = (bits[i] ?? 0) | byte));
  }
  for (const [text] of sorted.slice(LABEL_MAX_ORIGINS)) {
    const digest = createHash("sha256").update(text).digest();
    for (const bit of digest.subarray(0, 8)) bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  const origins = sorted.slice(0, LABEL_MAX_ORIGINS).map(([, origin]) => origin);
  return bits.some((byte) => byte !== 0) ? { origins, moreOrigins: bits.toString("hex") } : { origins };
}

function word<N extends string>(what: string, pattern: RegExp): (text: string) => Brand<string, N> {
  return (text) => {
    if (!pattern.test(text)) {
      throw new CoreError("CORE_WORD_UNKNOWN", `parsing ${what} ${quote(text)}: not ${pattern.source}`);
    }
    return text as Brand<string, N>; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
  };
}
