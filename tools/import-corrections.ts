// SPDX-License-Identifier: Apache-2.0
// Corrections of the draft of transfer rules, in the open: each says what the draft said, what it says now, why and by which text.
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { z } from "zod";

type Entry = Readonly<Record<string, unknown>>;

/** One law of the draft, as far as corrections reach into it. */
interface Correctable {
  readonly jurisdiction: string;
  readonly adequacy: readonly Entry[];
  readonly rules: readonly Entry[];
}

export interface Correction {
  /** `<law>/adequacy/<to>` or `<law>/rules/<id>`. */
  readonly at: string;
  /** Members as the draft has them; a member of `says` that is not here was not there. */
  readonly said: Entry;
  readonly says: Entry;
  readonly why: string;
  readonly citation: string;
  /** How the citation was held against its text. */
  readonly checked: string;
}

export interface Corrections {
  /** Sources that the draft does not have. */
  readonly sources: Readonly<Record<string, string>>;
  readonly corrections: readonly Correction[];
}

const text = z.string().min(1);
const members = z.record(z.string(), z.unknown());
const correctionsFile: z.ZodType<Corrections> = z.strictObject({
  schema: z.literal("bailiwick-import-corrections/1"),
  sources: z.record(z.string(), text),
  corrections: z.array(
    z
      .strictObject({
        at: z.string().regex(/^[^/]+\/(?:adequacy|rules)\/[^/]+$/),
        said: members,
        says: members,
        why: text,
        citation: text,
        checked: text,
      })
      .refine(({ said, says }) => Object.keys(said).every((name) => Object.hasOwn(says, name)), {
        error: "a correction may change and add members, never drop one",
      }),
  ),
});

/** @throws z.ZodError where the file is not of the shape above */
export function parseCorrections(source: string): Corrections {
  return correctionsFile.parse(parse(source));
}

/** The laws as corrected. @throws Error where a correction does not find exactly what it corrects, or two correct one entry */
export function correct<T extends Correctable>(laws: readonly T[], corrections: readonly Correction[]): readonly T[] {
  const open = new Map(corrections.map((one) => [one.at, one]));
  if (open.size < corrections.length) throw new Error("two corrections of one entry");
  const corrected = (at: string, entry: Entry): Entry => {
    const correction = open.get(at);
    open.delete(at);
    return correction === undefined ? entry : apply(entry, correction);
  };
  const result = laws.map((law) => ({
    ...law,
    adequacy: law.adequacy.map((entry) => corrected(`${law.jurisdiction}/adequacy/${String(entry["to"])}`, entry)),
    rules: law.rules.map((entry) => corrected(`${law.jurisdiction}/rules/${String(entry["id"])}`, entry)),
  }));
  const [lost] = open.keys();
  if (lost !== undefined) throw new Error(`correction of ${lost}: the draft has no such entry`);
  return result;
}

function apply(entry: Entry, { at, said, says }: Correction): Entry {
  const changed = Object.keys(says).find((name) => !isDeepStrictEqual(entry[name], said[name]));
  if (changed !== undefined) {
    throw new Error(
      `correction of ${at}: the draft no longer says what it expects in \`${changed}\`: ` +
        `${JSON.stringify(entry[changed])} instead of ${JSON.stringify(said[changed])}`,
    );
  }
  // what was there keeps its place; what is new stands behind the member that it follows in the correction
  const names = Object.keys(entry);
  for (const [index, name] of Object.keys(says).entries()) {
    if (names.includes(name)) continue;
    const before = Object.keys(says)[index - 1];
    names.splice(before === undefined ? names.length : names.indexOf(before) + 1, 0, name);
  }
  return Object.fromEntries(names.map((name) => [name, Object.hasOwn(says, name) ? says[name] : entry[name]]));
}
