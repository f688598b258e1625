// SPDX-License-Identifier: Apache-2.0
// The words of the screen Identities in English, and of the question before something is done to somebody.
import { count, NUMBER } from "./words.ts";

export const identities = {
  confirm: {
    typed: "To go on, type its name:",
    because: "Why? It goes into the record.",
    cancel: "Leave it",
    busy: "Asking the server…",
    typeFirst: "Type the name first.",
    becauseFirst: "Say why first.",
    sessionOver: "Your session has ended. Sign in here; what you typed stays.",
  },
  identities: {
    title: "Identities",
    active: (active: number, all: number, isComplete: boolean): string =>
      `${NUMBER.format(active)} of ${isComplete ? "" : "at least "}${count(all, "identity", "identities")} ${active === 1 ? "is" : "are"} active.`,
    contained: (n: number): string => `${NUMBER.format(n)} ${n === 1 ? "is" : "are"} contained.`,
    nobodyContained: "Nobody is contained.",
    caption: "Identities",
    name: "Name",
    kind: "Kind",
    status: "Status",
    sponsor: "Sponsor",
    purpose: "Purpose",
    expires: "Until",
    mandates: "Mandates",
    empty: "Nobody is registered yet.",
    emptyFiltered: "Nobody is like this.",
    showAll: "Show everybody",
  },
  identity: {
    back: "Back to the list",
    holds: (mandates: number | undefined, tokens: number | undefined): string =>
      mandates === undefined || tokens === undefined
        ? ""
        : `: ${count(mandates, "open mandate", "open mandates")}, ${count(tokens, "live token", "live tokens")}`,
    about: "About",
    id: "Id",
    kind: "Kind",
    synthetic: "made for an exercise",
    status: "Status",
    order: "Order",
    sponsor: "Sponsor",
    blueprint: "Blueprint",
    purpose: "Purpose",
    place: "Where",
    expires: "Until",
    contain: "Contain",
    containTitle: (name: string): string => `Isolate ${name}`,
    containMeans:
      "Everything it does is refused at every gate at once, what is in flight is cut, and its tokens are dead. Other people end the order.",
    contained: (done: number, all: number): string =>
      done === all && all > 0
        ? `Isolated: ${NUMBER.format(done)} of ${count(all, "gate", "gates")} stopped it.`
        : `Ordered, ${NUMBER.format(done)} of ${count(all, "gate", "gates")} stopped it so far.`,
    suspend: "Suspend",
    suspendTitle: (name: string): string => `Suspend ${name}`,
    suspendMeans: "It gets no token and no call until another person resumes it.",
    resume: "Resume",
    resumeTitle: (name: string): string => `Resume ${name}`,
    resumeMeans: "It may act again. Whoever suspended it cannot resume it.",
    retire: "Retire",
    retireTitle: (name: string): string => `Retire ${name} for ever`,
    retireMeans: "It never acts again, and its name is never given again.",
    now: (state: string): string => `Done: it is ${state} now.`,
    notLive: "Not live: it may have changed.",
    isIsolated: "It is isolated.",
    isRetired: "It is retired.",
    noOrders: "This server orders no containment.",
    mandates: "Mandates that are open",
    noMandates: "None: it can do nothing on anybody's behalf.",
    overMandates: (over: number, complete: boolean): string =>
      `${complete ? "" : "At least "}${count(over, "mandate is", "mandates are")} over.`,
    upTo: (level: string): string => `data up to ${level}`,
    constraints: (n: number): string => count(n, "constraint on arguments", "constraints on arguments"),
    grantedBy: "given by",
    until: "until",
    close: "Close",
    closeTitle: "Close this mandate",
    closeMeans: "It ends with every step that was taken under it.",
    tokens: "Tokens that are good now",
    noTokens: "None.",
    atLeast: "At least these: tokens from before the server started are not known one by one.",
    held: "held by",
    issued: "given",
    revoke: "Revoke",
    revokeTitle: "Revoke this token",
    revokeMeans: "The very next call with it is refused.",
    revoked: "Done: the token is dead.",
    instances: "Running copies and their keys",
    noInstances: "None.",
    key: "key",
    lastProof: "proved itself last",
    noProof: "has not proved itself since the server started",
    retireInstance: "End",
    retireInstanceTitle: (name: string): string => `End the copy ${name}`,
    retireInstanceMeans: "Its key is good for nothing any more.",
    reach: "What it touched",
    lastDay: "in the last 24 hours",
    itsDecisions: "Its decisions",
    how: "How",
    what: "What",
    label: "Label",
    times: "Times",
    notLooked: "not known",
    allTouched: (n: number): string => `Show all ${NUMBER.format(n)}`,
    blast: (blast: {
      readonly touched: readonly unknown[];
      readonly quality: string;
      readonly unknownOutcomes: number;
    }): string =>
      `In the last 24 hours it touched ${blast.quality === "exact" ? "" : "at least "}${count(blast.touched.length, "thing", "things")}${blast.unknownOutcomes === 0 ? "" : `; how ${count(blast.unknownOutcomes, "effect", "effects")} ended nobody knows`}.`,
  },
} as const;
