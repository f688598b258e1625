// SPDX-License-Identifier: Apache-2.0
// What the list shows, as its address says it, and back. Pure. What an address says that is not known here is dropped.
import type { DecisionLine, DecisionQuery } from "../../../../src/sdk/index.ts";
import { hrefOf } from "../../shell/place.ts";

export const ANSWERS = ["deny", "challenge", "limit", "log", "allow"] as const;
export const VERBS = ["view", "summarize", "recommend", "retain", "train", "share", "execute", "delegate"] as const;
/** What a new visitor is shown first. */
const LOUD: readonly string[] = ["deny", "challenge"];

/** Words that the list is narrowed by; the address has them under the same names. */
export const WORDS = ["who", "verb", "server", "label", "policy"] as const;
export type Word = (typeof WORDS)[number];

export interface View extends Readonly<Partial<Record<Word, string>>> {
  /** `undefined` is every answer. */
  readonly answers: readonly string[] | undefined;
  /** RFC 3339 in UTC: from this instant on. */
  readonly after?: string;
  /** RFC 3339 in UTC: before this instant. */
  readonly before?: string;
  /** The list stands still, as it was with this entry. */
  readonly at?: number;
}

export function readView(query: URLSearchParams): View {
  const words = WORDS.flatMap((name) => {
    const text = query.get(name)?.trim() ?? "";
    const isKnown = name !== "verb" || VERBS.some((verb) => verb === text);
    return text === "" || !isKnown ? [] : [[name, text] as const];
  });
  const [after, before] = [instantOf(query.get("after")), instantOf(query.get("before"))];
  const at = /^\d{1,15}$/.test(query.get("at") ?? "") ? Number(query.get("at")) : undefined;
  return {
    answers: answersOf(query.get("answer")),
    ...Object.fromEntries(words),
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
    ...(at === undefined ? {} : { at }),
  };
}

function answersOf(text: string | null): readonly string[] | undefined {
  if (text === "all") return undefined;
  const named = (text ?? "").split(",");
  const known = ANSWERS.filter((answer) => named.includes(answer));
  return known.length === 0 ? LOUD : known;
}

function instantOf(text: string | null): string | undefined {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** The query of an address that shows this. */
function searchOf({ answers, at, ...words }: View): Readonly<Record<string, string | undefined>> {
  const answer = answers === undefined ? "all" : answers.join(",");
  return { answer: answer === LOUD.join(",") ? undefined : answer, ...words, at: at?.toString() };
}

export function listHref(view: View): string {
  return hrefOf(["decisions"], searchOf(view));
}

/** One decision; its address keeps the list, so that one comes back to the same. */
export function detailHref(id: string, view: View): string {
  return hrefOf(["decisions", id], searchOf(view));
}

/** What the server is asked for. */
export function queryOf({ answers, verb, at: _at, ...rest }: View): DecisionQuery {
  return {
    ...rest,
    ...(answers === undefined ? {} : { answer: answers }),
    ...(verb === undefined ? {} : { verb: [verb] }),
  };
}

/** With one answer put to those that are shown, or taken from them; with none left all are shown. */
export function toggled(view: View, answer: string): View {
  const before = view.answers ?? [];
  const after = before.includes(answer) ? before.filter((one) => one !== answer) : [...before, answer];
  const ordered = ANSWERS.filter((one) => after.includes(one));
  return { ...view, answers: ordered.length === 0 || ordered.length === ANSWERS.length ? undefined : ordered };
}

/** Whether a line that came live is among what is shown: the same rules as the server's. */
export function isShown(view: View, line: DecisionLine): boolean {
  const { answers, verb, server, who, label, policy, after, before, at } = view;
  const time = Date.parse(line.at);
  const narrowed = [
    answers === undefined || answers.includes(line.answer) || answers.includes(line.would ?? ""),
    verb === undefined || line.verb === verb,
    server === undefined || line.server === server,
    who === undefined || isNamed(who, line.who) || isNamed(who, line.behalf),
    label === undefined || line.labels.includes(label),
    policy === undefined || line.policies.includes(policy),
    after === undefined || time >= Date.parse(after),
    before === undefined || time < Date.parse(before),
    at === undefined || line.index <= at,
  ];
  return narrowed.every(Boolean);
}

function isNamed(who: string, id: string | undefined): boolean {
  return id !== undefined && (id === who || id.endsWith(`/${who}`));
}

/** What narrows the list besides the answers, each with the view that is without it. */
export function narrowings(
  view: View,
): readonly { readonly name: string; readonly text: string; readonly without: View }[] {
  return ([...WORDS, "after", "before"] as const).flatMap((name) => {
    const text = view[name];
    const { [name]: _dropped, ...without } = view;
    return text === undefined ? [] : [{ name, text, without }];
  });
}
