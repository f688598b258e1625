// SPDX-License-Identifier: Apache-2.0
// The words of the screen Decisions in English.
import { LINES_MAX } from "../shell/keys.ts";
import { count, NUMBER } from "./words.ts";

export const decisions = {
  decisions: {
    title: "Decisions",
    sentence: (n: {
      readonly all: number;
      readonly denied: number;
      readonly challenged: number;
      readonly isAtLeast: boolean;
    }): string => {
      if (n.all === 0)
        return n.isAtLeast ? "No decisions are known of the last hour." : "No decisions in the last hour.";
      const some = `${n.isAtLeast ? "At least " : ""}${count(n.all, "decision", "decisions")} in the last hour:`;
      if (n.denied + n.challenged === 0) return `${some} none denied, none challenged.`;
      return `${some} ${NUMBER.format(n.denied)} denied, ${NUMBER.format(n.challenged)} challenged.`;
    },
    caption: "Decisions, newest first",
    filters: "Narrow the list",
    every: "All",
    any: "any",
    ever: "ever",
    since: "Since",
    lastMinutes: (minutes: number): string =>
      minutes < 60
        ? `${NUMBER.format(minutes)} min ago`
        : minutes === 60
          ? "1 h ago"
          : `${NUMBER.format(minutes / 60)} h ago`,
    words: { who: "Who", verb: "Verb", server: "Gate", label: "Label", policy: "Rule" },
    clear: "Clear",
    pause: "Pause",
    resume: "Resume",
    paused: "Stands still.",
    newestOf: "Its newest is of",
    live: "New ones come by themselves.",
    notLive: "Not live: newer ones may exist.",
    newer: (n: number): string => `${NUMBER.format(n)} newer`,
    waiting: (n: number): string => `${NUMBER.format(n)} new`,
    showWaiting: "Show them",
    observing: "Observing.",
    observingMeans: "What is marked “would” was let through: nothing of it was held back.",
    ms: "ms",
    empty: "Nothing has been asked yet.",
    emptyFiltered: "No decision is like this. It is narrowed by:",
    emptySoFar: "None among the newest that were looked at; there may be older ones. It is narrowed by:",
    dropAnswers: (answers: readonly string[]): string => `only ${answers.join(", ")}: show every answer`,
    drop: (name: string): string => `without ${DROPPED.get(name) ?? name}:`,
    lookFurther: "Look further back",
    older: "Show older",
    all: (n: number): string => `${count(n, "decision", "decisions")}, and there are no older ones.`,
    shown: (n: number): string => `${NUMBER.format(n)} shown, at most ${NUMBER.format(LINES_MAX)} kept in this page`,
    atLeast: (n: number): string => `At least ${NUMBER.format(n)}: not everything was looked at.`,
    kept: (n: number): string => `${NUMBER.format(n)} are shown, and this page keeps no more.`,
    goOn: "Go on with older ones",
  },
  decision: {
    back: "Back to the list",
    asked: (verb: string): string => `asked to ${verb}`,
    behalf: "on behalf of",
    observed: "This call was let through. Enforced, it would have been answered as it stands here.",
    copyLink: "link",
    copyId: "id",
    copyJson: "JSON",
    copyCommand: "command",
    same: (n: number): string => `${count(n, "other decision has", "other decisions have")} this reference:`,
    why: "Why",
    gate: "The gate itself refused it, before any rule was asked:",
    noRule: (reason: string | undefined): string =>
      reason === undefined ? "No rule spoke." : `No rule spoke: ${reason.replaceAll("_", " ")}.`,
    noSentence: "This rule has no sentence of its own, or has changed since.",
    effect: (effect: string): string => EFFECTS_OF_RULES.get(effect) ?? effect,
    errors: "Rules that could not be worked out",
    met: "Who chose the arguments that decide something",
    released: "On the result",
    approvals: "Agreed to by",
    by: "by",
    acr: (acr: string): string => (acr === "demo" ? "with a demo key, not a person's passkey" : "with a passkey"),
    known: "What was known",
    knownNote: "labels and digests; content is never kept",
    who: "Who",
    proved: "Proof of it",
    assurance: (level: number | undefined, pop: string | undefined): string =>
      `${level === undefined ? "" : `assurance ${NUMBER.format(level)}, `}key in ${pop ?? "nothing that is known"}`,
    mandate: "Mandate",
    tool: "Tool",
    impact: "Impact",
    flow: "Data of the call",
    context: "Data seen before",
    destination: "Goes to",
    disclosed: "Handing it on",
    transfer: "Transfer",
    transferOf: (transfer: {
      readonly verdict: string;
      readonly crossing: boolean;
      readonly rules: readonly string[];
    }): string =>
      `${transfer.crossing ? "crosses a border" : "crosses no border"}, ${transfer.verdict}${transfer.rules.length === 0 ? "" : ` by ${transfer.rules.join(", ")}`}`,
    digest: (name: string): string => (name === "args" ? "Arguments" : name === "input" ? "All of the question" : name),
    trust: "trust:",
    incomplete: "not everything was looked at",
    outcome: "What came of it",
    nothingDone: "Nothing was done.",
    notEnded: "It has not ended yet, or nobody knows how it ended.",
    result: "Result",
    bytes: (into: number, out: number): string => `${NUMBER.format(into)} bytes in, ${NUMBER.format(out)} bytes out`,
    duties: "Duties",
    checked: (direction: string): string => (direction === "in" ? "Result checked" : "Call checked"),
    found: (found: readonly (readonly [type: string, n: number])[], redacted: number): string =>
      found.length === 0
        ? "nothing was found in it"
        : `found ${found.map(([type, n]) => `${NUMBER.format(n)} ${type}`).join(", ")}; ${NUMBER.format(redacted)} masked or left out`,
    proof: "Proof",
    proofNote: "check it with a second program, without this server",
    place: (index: number, size: number, hashes: number): string =>
      `Entry ${NUMBER.format(index)} of ${NUMBER.format(size)} under a signed root, ${count(hashes, "hash", "hashes")} away from it.`,
    showPath: "The path from its leaf to the root",
    checkpoint: "The checkpoint that the root is signed in",
    path: "Path",
    leaf: "leaf",
    with: (side: string): string => (side === "left" ? "with, on its left" : "with, on its right"),
    root: "signed root",
    download: "Take the proof along",
    check: "Check it anywhere, with the key that you were given:",
    copyVerify: "Copy the command that checks the proof",
    entry: "Entry",
    entryNote: "as it was written",
    showEntry: "Show it as JSON",
  },
  conditions: {
    title: "Condition by condition",
    note: "with the values that the rules read; every look is an entry of the record",
    show: "Show what each condition read",
    part: (part: string): string => PARTS_OF_A_CALL.get(part) ?? part,
    nothing: "No rule was asked.",
    nearest: "Nothing permitted it. These came nearest:",
    does: (tier: string): string => TIERS.get(tier) ?? tier,
    scope: (scope: string, outside: string | undefined): string =>
      outside === undefined
        ? `for ${scope}`
        : `for ${scope}: this was ${outside === "principal" ? "somebody else" : "something else"}`,
    outcome: (outcome: string): string => OUTCOMES.get(outcome) ?? "cannot be said",
  },
} as const;

const PARTS_OF_A_CALL: ReadonlyMap<string, string> = new Map([
  ["call", "Before it was done"],
  ["release", "Before its result was handed over"],
  ["question", "As it was asked"],
]);

const TIERS: ReadonlyMap<string, string> = new Map([
  ["permit", "Allows."],
  ["log", "Puts it on record."],
  ["limit", "Limits it."],
  ["challenge", "Asks a person."],
  ["deny", "Refuses it."],
]);

const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ["true", "so it is"],
  ["false", "not so"],
]);

const EFFECTS_OF_RULES: ReadonlyMap<string, string> = new Map([
  ["permit", "permitted by"],
  ["forbid", "held back by"],
]);

const DROPPED: ReadonlyMap<string, string> = new Map([
  ["who", "who"],
  ["verb", "the verb"],
  ["server", "the gate"],
  ["label", "the label"],
  ["policy", "the rule"],
  ["after", "the time, from"],
  ["before", "the time, up to"],
]);
