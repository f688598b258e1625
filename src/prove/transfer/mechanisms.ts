// SPDX-License-Identifier: Apache-2.0
// What the organisation has on file: contracts and other evidence for an importer, and facts about it (prove J75).
import { z } from "zod";
import { type Instant, parseDigest } from "../../core/index.ts";
import { day, type Span } from "../day.ts";
import { oneOf, parseYaml, unique } from "../yaml-file.ts";
import type { Regulations } from "./load.ts";
import type { Leaves } from "./places.ts";
import { ADEQUACY } from "./words.ts";

/** Evidence that an importer may be sent data of these categories to these places, for a time. */
export interface Mechanism extends Span {
  readonly id: string;
  readonly kind: string;
  readonly importer: string;
  readonly categories: ReadonlySet<string>;
  readonly places: readonly Leaves[];
  /** Only for these; for any where absent. */
  readonly purposes?: ReadonlySet<string> | undefined;
  /** Day of the transfer impact assessment. */
  readonly assessed?: Instant | undefined;
}

/** A fact about an importer that an adequacy list asks for, such as being on a register. */
export interface ImporterFact extends Span {
  readonly importer: string;
  readonly fact: string;
}

export interface Shelf {
  readonly mechanisms: readonly Mechanism[];
  readonly importers: readonly ImporterFact[];
}

/** Nothing on file. */
export const EMPTY_SHELF: Shelf = { mechanisms: [], importers: [] };

// SOURCE: `mechanism_rules` of the data: adequacy is computed, consent is per person, a derogation is decided each time
const NOT_ON_FILE: ReadonlySet<string> = new Set([ADEQUACY, "consent", "derogation", "none"]);

/** Reads the text of `mechanisms.yaml` in the words of the regulations. @throws ProveError PROVE_MECHANISMS_INVALID */
export function readMechanisms(path: string, text: string, regulations: Regulations): Shelf {
  return parseYaml({ path, text, code: "PROVE_MECHANISMS_INVALID" }, mechanismsFile(regulations));
}

function mechanismsFile({ words, places, importerFacts }: Regulations): z.ZodType<Shelf> {
  const importer = z.string().min(1).max(128);
  const span = { from: day, until: day };
  const onFile = oneOf("mechanism kind", words.kinds).refine((kind) => !NOT_ON_FILE.has(words.kinds.get(kind) ?? ""), {
    error: "a file cannot hold this: it is computed, or a person decides it each time",
  });
  const place = oneOf("place", places).transform((name): Leaves => places.get(name) ?? new Set());
  const mechanism = z.strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
    kind: onFile,
    importer,
    categories: z
      .array(oneOf("category", words.categories))
      .min(1)
      .transform((all) => new Set(all)),
    places: z.array(place).min(1),
    purposes: z
      .array(z.string().min(1))
      .min(1)
      .transform((all) => new Set(all))
      .optional(),
    assessed: day.optional(),
    ...span,
    document: digest,
  });
  const fact = z.strictObject({ importer, fact: oneOf("fact", importerFacts), ...span, source: z.string().min(1) });
  return z.strictObject({
    schema: z.literal("bailiwick-mechanisms/1"),
    mechanisms: unique(z.array(forward(mechanism)), ({ id }) => id),
    importers: z.array(forward(fact)),
  });
}

/** Digest of the document that the evidence is. */
const digest = z.string().refine(isDigest, { error: "not sha256: and 64 hex digits" });

function isDigest(text: string): boolean {
  try {
    return parseDigest(text) === text;
  } catch {
    return false; // the parser's only fault is that it is no digest
  }
}

function forward<T extends { readonly from: Instant; readonly until: Instant }>(shape: z.ZodType<T>): z.ZodType<T> {
  return shape.refine(({ from, until }) => from < until, { path: ["until"], error: "not after `from`" });
}
