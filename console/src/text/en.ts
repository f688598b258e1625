// SPDX-License-Identifier: Apache-2.0
// Every word of the console in English. Another language is another object of this type; a missing one fails the build.
import { LINES_MAX } from "../shell/keys.ts";

const PLURAL = new Intl.PluralRules("en");
const NUMBER = new Intl.NumberFormat("en");

function count(n: number, one: string, other: string): string {
  return `${NUMBER.format(n)} ${PLURAL.select(n) === "one" ? one : other}`;
}

export const en = {
  frame: {
    skip: "Skip to what is on this page",
    demo: "demo",
    screens: "Screens",
    liveness: (state: "connecting" | "live" | "stale" | "signed-out"): string => LIVENESS[state],
    notLiveSince: "Not live since",
    neverLive: "Not live: the server has not answered yet.",
    staleMeans: "What you see was true then. Nothing can be approved or refused until the server answers again.",
    sessionOver: "Your session has ended.",
    sessionOverMeans: "What you see was true then; what you were writing is kept. Sign in again to go on.",
  },
  signedOut: {
    title: "Sign in · Bailiwick",
    heading: "You are not signed in",
    away: "The server does not answer",
    awayWhy: "Start it, then load this page again.",
    signIn: "Sign in with a passkey",
    signing: "Waiting for your passkey…",
    link: "Nobody is owner of this server yet: open the setup link that it made when it started. It prints it, and it is also in the file setup-link of the data folder.",
    linkDemo:
      "Or open the setup link that the server made when it started. The demo prints it in its second line; it is also in the file setup-link of the data folder.",
    lost: "Your passkey is lost? Whoever runs the server makes a new link on its machine:",
    again: "A link works once, and for 15 minutes.",
    command: "On the server's machine the command shows the same:",
  },
  passkey: {
    unsupported:
      "This browser cannot use passkeys on this page. It has to be new enough, and the page opened over https or, on the server's own machine, as localhost.",
    declined: "No passkey was used: it was called off, or took too long.",
    known: "This passkey is known here already. Sign in with it.",
    failed: "The passkey did not work.",
  },
  join: {
    titleOwner: "Become owner of this server",
    title: "Join this server",
    titleEnrol: "Make your passkey",
    means: "From now on you sign in with a passkey of this device or of your phone. There is no password.",
    roles: (roles: readonly string[]): string => `You will be: ${roles.join(", ")}.`,
    name: "Your name",
    nameNote: "Kept in one row that can be erased. The record knows you by a random number.",
    country: "Country you work in, two letters",
    make: "Make a passkey",
    making: "Waiting for your passkey…",
    late: "The link works once, until",
  },
  settings: {
    open: "Settings",
    title: "Settings of this browser",
    theme: "Colours",
    themes: [
      ["system", "As the system has them"],
      ["light", "Light"],
      ["dark", "Dark"],
    ],
    zone: "Times",
    zones: [
      ["utc", "UTC"],
      ["mine", "My time zone"],
    ],
    keys: "Single keys",
    keysOn: "Letters bring the focus to a button",
    keyList: [
      ["a", "to Approve of the first call that waits"],
      ["r", "to Refuse of the first call that waits"],
      ["g n", "to Now"],
      ["g d", "to Decisions"],
      ["j  k", "the next row, the row before"],
      ["enter", "opens the row"],
      ["esc", "back to the list"],
      ["space", "the list stands still, or goes on"],
      ["f", "to what narrows the list"],
      ["c", "to what can be copied"],
      ["?", "these settings"],
    ],
    signOut: "Sign out",
    close: "Close",
  },
  states: {
    loading: "Asking the server",
    failed: (why: string): string => `This could not be read: ${why}.`,
    retry: "Try again",
  },
  copy: { menu: "Copy", idle: "copy", done: "copied", failed: "not copied" },
  foreign: {
    unseen: "a character that cannot be seen",
    more: (left: number): string => `${NUMBER.format(left)} more characters`,
  },
  sentence: {
    waits: (n: number): string =>
      n === 0 ? "Nothing waits for you." : `${count(n, "call waits", "calls wait")} for a person.`,
    waitsUnknown: "What waits for a person could not be read.",
    containedUnknown: "Who is contained could not be read.",
    contained: (who: string, effect: string): string => `${who} is ${effect}.`,
    containedMany: (n: number): string => `${count(n, "identity is", "identities are")} contained.`,
    unconfirmed: (done: number, all: number): string =>
      all === 0 ? "Ordered, no gate has answered yet." : `Ordered, ${done} of ${count(all, "gate", "gates")}.`,
    lastMinute: (n: number, isAtLeast: boolean): string =>
      n === 0
        ? "No decisions in the last minute"
        : `${isAtLeast ? "At least " : ""}${count(n, "decision", "decisions")} in the last minute`,
    enforced: (n: number): string => (n === 1 ? "enforced" : "all enforced"),
    observed: "judged only, not enforced",
    mixed: "some of them judged only, not enforced",
    nothingYet: "Nothing has been asked yet.",
    record: (state: string): string => `The record is ${state}, so effects are refused.`,
  },
  nothing: {
    title: "Nothing here",
    heading: "There is nothing at this address, or nothing that you may see.",
    back: "Go to what is true now",
  },
  broken: {
    title: "Not shown",
    heading: "This screen could not be shown.",
    again: "Load the page again",
  },
  now: {
    title: "Now",
    titleWaiting: (n: number): string => `(${NUMBER.format(n)}) Now`,
  },
  waiting: {
    title: "Waits for a person",
    empty: "No call waits for a person.",
    emptyHow: "A call comes here when a rule asks for a person before it goes through.",
    asks: (verb: string): string => `wants to ${verb}`,
    rule: "asked by the rule",
    left: (span: string): string => `${span} left, then the answer is no`,
    over: "time is over: the answer is no",
    call: "Exactly this call",
    callHidden: "The server does not show it.",
    broken: "Not from where it should come",
    brokenFrom: "comes from",
    people: (agreed: number, need: number): string => `${agreed} of ${count(need, "person has", "people have")} agreed`,
    signer: (signer: string): string =>
      signer === "demo" ? "A demo key signs, not a person's passkey." : `Signed by ${signer}.`,
    approve: "Approve this call, once",
    refuse: "Refuse",
    sending: "Asking the server…",
    notLive: "Not live: what waits may have changed.",
    noSigner: "A passkey has to sign, and this version has none.",
    unseen: (left: number): string => `Read all of it first: ${NUMBER.format(left)} more characters.`,
    isOver: "Its time is over.",
    refuseTitle: "Refuse this call",
    because: "Because (the record keeps it)",
    refuseNow: "Refuse this call",
    cancel: "Back",
    state: (state: string): string => STATES.get(state) ?? `The server says: ${state}.`,
    late: "Your answer does not count.",
    failed: "Your answer may not have arrived.",
  },
  minutes: {
    title: "Decisions per minute",
    note: "last hour",
    empty: "No decision in the last hour.",
    sentence: (all: number, peak: number, at: string, isComplete: boolean): string =>
      `${isComplete ? "" : "At least "}${count(all, "decision", "decisions")} in the last hour; the most in one minute: ${NUMBER.format(peak)}, at ${at}.`,
    of: (answer: string, n: number): string => `${NUMBER.format(n)} ${answer}`,
    table: "The same as a table",
    caption: "Decisions in each minute of the last hour that had any",
    minute: "Minute",
    all: "All",
    ago: "60 min ago",
    half: "30",
    now: "now",
  },
  containments: {
    title: "Contained",
    empty: "Nobody is contained.",
    ordered: "ordered",
    acks: (done: number, all: number): string =>
      all === 0 ? "no gate has answered yet" : `${done} of ${count(all, "gate", "gates")} stopped it`,
    automatic: "by the system, without a person",
    byPerson: "ordered by a person",
    ms: (ms: number): string => `${NUMBER.format(ms)} ms`,
  },
  clocks: {
    title: "Running clocks",
    empty: "No incident is open, so no clock runs.",
    incident: "Incident",
    duty: "Who must be told",
    kind: "Kind",
    state: "State",
    strict: "By, read strictly",
    latest: "By, at the latest",
    left: (span: string): string => `${span} left`,
    past: (span: string): string => `${span} past`,
    waitingFor: (events: readonly string[]): string => `waits for ${events.join(" or ")}`,
    ifItApplies: "if it applies: open questions decide",
    none: "none",
    caption: "Duties to tell somebody, by incident",
  },
  latest: {
    would: (answer: string): string => `observed, would be ${answer}`,
    title: "Latest decisions",
    caption: "The newest decisions, newest first",
    empty: "Nothing has been asked yet.",
    emptyHow: "Point an agent's client at the gate; its address is in",
    time: (zone: string): string => `Time (${zone})`,
    answer: "Answer",
    who: "Who",
    what: "What",
    why: "Why",
    reference: "Reference",
    nobody: "nobody who proved it",
    copyCommand: (reference: string): string => `Copy the command that explains ${reference}`,
    held: (n: number): string => `${count(n, "new decision comes", "new decisions come")} when you leave the table`,
    shown: (n: number): string => `${NUMBER.format(n)} shown, at most ${NUMBER.format(LINES_MAX)} kept in this page`,
    more: "Show more",
  },
  server: {
    title: "This server",
    version: (version: string): string => `version ${version}`,
    gate: "Gate",
    tools: (n: number): string => count(n, "tool", "tools"),
    operated: (operator: string, jurisdiction: string): string => `operated by ${operator}, ${jurisdiction}`,
    record: "Record",
    entries: (size: number, published: number): string =>
      `${count(size, "entry", "entries")}, ${NUMBER.format(published)} under a signed checkpoint`,
    policies: "Rules",
    rules: (name: string, n: number): string => `${name}, ${count(n, "rule", "rules")}`,
    noPolicies: "none in force, so everything is refused",
    identities: "Identities",
    active: (active: number, total: number): string => `${NUMBER.format(active)} of ${NUMBER.format(total)} active`,
    warnings: "What the server warns of itself",
  },
  number: (n: number): string => NUMBER.format(n),
  would: (answer: string): string => `would ${answer}`,
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
    paused: "Stands still at",
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
  announce: {
    decisions: (n: number, denied: number): string =>
      `${count(n, "decision", "decisions")}, ${NUMBER.format(denied)} denied`,
    waiting: (n: number): string => `${count(n, "call waits", "calls wait")} for a person`,
  },
} as const;

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

const LIVENESS = { connecting: "connecting", live: "live", stale: "not live", "signed-out": "signed out" } as const;

const STATES: ReadonlyMap<string, string> = new Map([
  ["approved", "Approved. The server has taken your yes."],
  ["denied", "Refused. The server has taken your no."],
  ["pending", "Your yes is taken; others must agree too."],
  ["expired", "Its time was over: the answer is no."],
  ["cancelled", "It was withdrawn."],
]);
