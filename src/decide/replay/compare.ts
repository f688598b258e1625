// SPDX-License-Identifier: Apache-2.0
// One recorded decision against what a candidate says of it. What cannot be decided never counts as unchanged (D46).
import { z } from "zod";
import { ANSWERS, type Answer, canonicalText, type Obligation, type SealKey, strictest } from "../../core/index.ts";
import { joinObligations, OBLIGATION } from "../obligations.ts";
import type { ReadAnswer, ReadAsk, ReadPart, ReadSlice } from "../slice/read.ts";
import { answerText } from "../slice/write.ts";
import type { Again, Rejudge } from "./judge.ts";

export const CHANGES = ["unchanged", "tightened", "loosened", "undecidable"] as const;
export type ChangeKind = (typeof CHANGES)[number];

/** One decision: on a call before it, on what came back, or on somebody else's question. */
export interface ReplayRow {
  readonly change: ChangeKind;
  readonly part: ReadPart["name"];
  readonly from: Answer;
  readonly to: Answer;
  /** Rules behind the stricter of the two; for what is undecidable, what is in the way. */
  readonly because: readonly string[];
  /** Questions that were answered again for it. */
  readonly answers: number;
  /** Answers that this very set gives otherwise than it did: there should be none. */
  readonly differing: number;
}

/** @param key - the one that sealed the slice */
export function compareSlice(slice: ReadSlice, rejudge: Rejudge, key: SealKey): readonly ReplayRow[] {
  const isSame = slice.set === rejudge.set.digest;
  return slice.parts.map((part) => comparePart(part, { rejudge, key, isSame }));
}

interface Compared {
  readonly was: ReadAnswer;
  readonly now: Again;
  readonly ask: ReadAsk;
}

function comparePart(
  { name, asks }: ReadPart,
  { rejudge, key, isSame }: { readonly rejudge: Rejudge; readonly key: SealKey; readonly isSame: boolean },
): ReplayRow {
  const all = asks.flatMap((ask): Compared[] => {
    const again = rejudge.ask(ask, key);
    return ask.answers.flatMap((was, at) => {
      const now = again[at];
      return now === undefined ? [] : [{ was, now, ask }];
    });
  });
  const from = strictest(all.map(({ was }) => was.meant));
  const to = strictest(all.map(({ now }) => now.meant));
  const differing = isSame ? all.filter(differs).length : 0;
  const permits = new Set(rejudge.set.rules.filter(({ hit }) => hit.effect === "permit").map(({ hit }) => hit.id));
  return { part: name, from, to, ...changeOf(all, { from, to, permits }), answers: all.length, differing };
}

/** An answer beside which a rule could not be asked is no other answer, it is not known whole. */
function differs({ was, now, ask: { question } }: Compared): boolean {
  if (!now.isExact) return false;
  const { resource } = was;
  const asked = question === undefined || resource === undefined ? {} : { asked: { question, resource } };
  return answerText({ ...now.outcome, ...asked }) !== JSON.stringify(was.json);
}

interface Step {
  readonly from: Answer;
  readonly to: Answer;
  /** Rules that grant: they are nobody's reason for a stricter answer. */
  readonly permits: ReadonlySet<string>;
}

type Change = Pick<ReplayRow, "change" | "because">;

function changeOf(all: readonly Compared[], step: Step): Change {
  // what is denied whatever the others are is decided
  const isSurelyDenied = all.some(({ now }) => now.undecided.length === 0 && now.meant === "deny");
  const unknown = isSurelyDenied ? [] : all.flatMap(({ now }) => now.undecided);
  if (unknown.length > 0) return { change: "undecidable", because: [...new Set(unknown)] };
  const rises = ANSWERS.indexOf(step.to) - ANSWERS.indexOf(step.from);
  if (rises > 0) return { change: "tightened", because: rulesNow(all, step) };
  if (rises < 0) return { change: "loosened", because: rulesThen(all, step) };
  return sameAnswer(all, step);
}

/** The same answer with other duties, or with other questions for people, is not the same. */
function sameAnswer(all: readonly Compared[], step: Step): Change {
  if (step.to === "limit") return sameDuties(all, step);
  if (step.to !== "challenge") return { change: "unchanged", because: [] };
  const before = rulesThen(all, step);
  const after = rulesNow(all, step);
  const gone = before.filter((one) => !after.includes(one));
  // a question that is not put any more may have been the harder one
  if (gone.length > 0) return { change: "loosened", because: gone };
  const come = after.filter((one) => !before.includes(one));
  return come.length > 0 ? { change: "tightened", because: come } : { change: "unchanged", because: [] };
}

const DUTIES = z.array(OBLIGATION);

function sameDuties(all: readonly Compared[], step: Step): Change {
  const read = DUTIES.safeParse(all.flatMap(({ was }) => was.json["obligations"] ?? []));
  const now = joinObligations(all.flatMap(({ now: { outcome } }) => outcome.obligations));
  const before = read.success ? joinObligations(read.data) : [];
  if (read.success && textOf(before) === textOf(now)) return { change: "unchanged", because: [] };
  const isStricter = read.success && textOf(joinObligations([...before, ...now])) === textOf(now);
  return isStricter
    ? { change: "tightened", because: rulesNow(all, step) }
    : { change: "loosened", because: rulesThen(all, step) };
}

function textOf(duties: readonly Obligation[]): string {
  return canonicalText(duties.map((one) => ({ ...one })));
}

/** What makes the answer now: rules, or the reason where there is none. */
function rulesNow(all: readonly Compared[], { to, permits }: Step): readonly string[] {
  const deciding = all.filter(({ now }) => now.meant === to).map(({ now: { outcome } }) => outcome);
  return named(
    deciding.map(({ reason, policies }) => ({ reason, rules: policies.map(({ id }) => id) })),
    permits,
  );
}

/** What made it then. */
function rulesThen(all: readonly Compared[], { from, permits }: Step): readonly string[] {
  const deciding = all.filter(({ was }) => was.meant === from).map(({ was }) => was);
  return named(
    deciding.map(({ reason, policies }) => ({ reason, rules: policies })),
    permits,
  );
}

function named(
  by: readonly { readonly reason: string; readonly rules: readonly string[] }[],
  permits: ReadonlySet<string>,
): readonly string[] {
  const names = by.flatMap(({ reason, rules }) => {
    const strict = rules.filter((id) => !permits.has(id));
    return strict.length === 0 ? [reason] : strict;
  });
  return [...new Set(names)];
}
