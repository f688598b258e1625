// SPDX-License-Identifier: Apache-2.0
// National ids by the table: written as the country writes them, passing its check, and, where the check is weak, named
// by a word or a member beside them.
import { type Jurisdiction, parseJurisdiction } from "../../core/index.ts";
import { checkNamed } from "./checks.ts";
import type { Detector, Found, Look } from "./detector.ts";
import { MIN_SCORE } from "./detector.ts";
import { ID_ROWS, type IdRow } from "./ids.data.ts";
import { type Phrases, phrases, STRONG, WEAK } from "./surroundings.ts";
import { DIGITS } from "./triggers.ts";

interface Rule {
  readonly type: IdRow["type"];
  readonly jurisdiction: Jurisdiction;
  readonly pattern: RegExp;
  readonly words: Phrases;
  readonly base: number;
  readonly holds: (value: string) => boolean;
  readonly lettered: boolean;
}

/** What may not stand beside a number; scripts without spaces put their letters right next to it. */
const LATIN = "[\\p{sc=Latin}\\p{N}]";

const RULES: readonly Rule[] = ID_ROWS.map((row) => {
  const holds = checkNamed(row.check);
  if (holds === undefined) throw new TypeError(`the table of ids names an unknown check ${row.check}`);
  return {
    type: row.type,
    jurisdiction: parseJurisdiction(row.jurisdiction),
    pattern: new RegExp(`(?<!${LATIN})(?:${row.pattern})(?!${LATIN})`, "giu"),
    words: phrases([row.words]),
    base: row.strong === true ? STRONG : WEAK,
    holds,
    lettered: row.lettered === true,
  };
});

/** Any word of any of them: most texts have none. */
const ALL_WORDS: Phrases = phrases(ID_ROWS.map((row) => row.words));

/** Of which most digits may be written as letters: such a number need not have a row of digits. */
const LETTERED: readonly Rule[] = RULES.filter(({ lettered }) => lettered);
const NUMBERED: readonly Rule[] = RULES.filter(({ lettered }) => !lettered);

export const ids: Detector = {
  name: "ids",
  needs: DIGITS,
  nearDigits: true,
  find: (look) => foundBy(NUMBERED, look),
};

/** The same check, of texts without a row of digits. */
export const letteredIds: Detector = { name: ids.name, needs: DIGITS, find: (look) => foundBy(LETTERED, look) };

function foundBy(rules: readonly Rule[], look: Look): readonly Found[] {
  const isNamed = look.around.mention(ALL_WORDS);
  return rules.flatMap((rule) =>
    rule.base >= MIN_SCORE || (isNamed && look.around.mention(rule.words)) ? matches(rule, look) : [],
  );
}

function matches(rule: Rule, { text, around }: Look): readonly Found[] {
  const found: Found[] = [];
  const { pattern } = rule;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [start, end] = [match.index, match.index + match[0].length];
    const value = match[0].replace(/[^A-Za-z0-9]/g, "").toUpperCase();
    if (!rule.holds(value)) {
      // a number may begin inside what was no number: "12 536-90-4399"
      pattern.lastIndex = start + 1;
      continue;
    }
    const { score, evidence } = around.weigh(rule.base, rule.words, { start, end });
    const { type, jurisdiction } = rule;
    found.push({ type, start, end, score, evidence: ["checksum", ...evidence], value, jurisdiction });
  }
  return found;
}
