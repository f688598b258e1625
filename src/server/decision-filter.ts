// SPDX-License-Identifier: Apache-2.0
// By what a list of decisions can be narrowed, and whether the line of one is among what was asked for.
import { type Answer, isJsonArray, type Json, type JsonObject, member, type Verb } from "../core/index.ts";

/** Every member that is there has to hold; a list holds where one of it does. */
export interface DecisionFilter {
  /** What the caller got, or in observe mode would have got. */
  readonly answers?: readonly Answer[];
  /** An identity, or a person that it acts for: the whole id, or its last part. */
  readonly who?: string;
  readonly verbs?: readonly Verb[];
  readonly server?: string;
  /** A level, a category or a jurisdiction of what was asked, sent or given back. */
  readonly label?: string;
  /** Id of a rule that decided. */
  readonly policy?: string;
  /** UNIT: epoch ms, the first instant that counts. */
  readonly after?: number;
  /** UNIT: epoch ms, the first instant that counts no more. */
  readonly before?: number;
}

/** @param at - of the decision, epoch ms */
export function isAsked(filter: DecisionFilter, row: JsonObject, at: number): boolean {
  const { answers, who, verbs, server, label, policy } = filter;
  return (
    isWithin(filter, at) &&
    (answers === undefined || isOneOf(answers, row, ["answer", "would"])) &&
    (verbs === undefined || isOneOf(verbs, row, ["verb"])) &&
    (server === undefined || member(row, "server") === server) &&
    (who === undefined || isNamed(who, member(row, "who")) || isNamed(who, member(row, "for"))) &&
    (label === undefined || holds(member(row, "labels"), label)) &&
    (policy === undefined || holds(member(row, "policies"), policy))
  );
}

function isWithin({ after, before }: DecisionFilter, at: number): boolean {
  return (after === undefined || at >= after) && (before === undefined || at < before);
}

function isOneOf(wanted: readonly string[], row: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => wanted.some((one) => one === member(row, name)));
}

function holds(words: Json | undefined, word: string): boolean {
  return words !== undefined && isJsonArray(words) && words.includes(word);
}

function isNamed(who: string, id: Json | undefined): boolean {
  return typeof id === "string" && (id === who || id.endsWith(`/${who}`));
}
