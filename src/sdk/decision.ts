// SPDX-License-Identifier: Apache-2.0
// One decision whole: what was known of the call, which rules spoke, what came of it, and its place in the log.
import { flag, list, maybe, member, members, type Part, text, whole } from "./parts.ts";

/** What is said of data; never the data. */
export interface LabelView {
  readonly level: string;
  readonly categories: readonly string[];
  readonly jurisdictions: readonly string[];
  readonly trust: string;
  /** False where not everything was looked at. */
  readonly complete: boolean;
}

/** Data that passed, and what the checks found in it. */
export interface ContentView {
  /** `in` came from the tool, `out` went to it. */
  readonly direction: string;
  readonly label: LabelView | undefined;
  /** How many of each type. */
  readonly detections: Readonly<Record<string, number>>;
  /** How many were masked or dropped. */
  readonly redacted: number;
}

/** Who asked, as they proved it. */
export interface AskerView {
  readonly kind: string | undefined;
  readonly instance: string | undefined;
  readonly sponsor: string | undefined;
  readonly onBehalfOf: string | undefined;
  readonly assurance: number | undefined;
  /** What holds the key that was proved. */
  readonly pop: string | undefined;
}

export interface MandateUse {
  readonly id: string;
  readonly purpose: string;
  readonly task: string;
  readonly step: string;
}

export interface OutcomeView {
  readonly result: string;
  /** UNIT: ms. */
  readonly ms: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly objects: readonly { readonly id: string; readonly how: string }[];
  /** Duties that were laid on the answer. */
  readonly obligations: readonly string[];
  readonly content: readonly ContentView[];
}

/** An approval that was used up by a decision. */
export interface ApprovalUse {
  readonly outcome: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly by: readonly { readonly person: string; readonly acr: string }[];
}

/** What a decision knew, as far as its entry says it. */
export interface DecisionFacts {
  readonly via: string | undefined;
  readonly server: string | undefined;
  readonly tool: string | undefined;
  readonly impact: string | undefined;
  readonly asker: AskerView | undefined;
  readonly mandate: MandateUse | undefined;
  readonly labels: { readonly flow: LabelView | undefined; readonly context: LabelView | undefined };
  /** The least trusted source of an argument that decides something. */
  readonly lowest: string | undefined;
  readonly destination:
    | { readonly kind: string; readonly operator?: string; readonly jurisdiction?: string }
    | undefined;
  /** The answer to handing the arguments on. */
  readonly disclosed: string | undefined;
  readonly transfer:
    | { readonly verdict: string; readonly crossing: boolean; readonly rules: readonly string[] }
    | undefined;
  readonly digests: Readonly<Record<string, string>>;
}

export interface ProofView {
  readonly log: string;
  readonly index: number;
  /** Entries under the signed root. */
  readonly size: number;
  /** base64url. */
  readonly leaf: string;
  /** From the leaf up. */
  readonly path: readonly { readonly side: string; readonly hash: string }[];
  /** base64url. */
  readonly root: string;
  /** The signed note. */
  readonly checkpoint: string;
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readProof(answer: Part): ProofView {
  return {
    log: text(member(answer, "log")),
    index: whole(member(answer, "index")),
    size: whole(member(answer, "size")),
    leaf: text(member(answer, "leaf")),
    path: list(member(answer, "path"), (step) => ({
      side: text(member(step, "side")),
      hash: text(member(step, "hash")),
    })),
    root: text(member(answer, "root")),
    checkpoint: text(member(answer, "checkpoint")),
  };
}

/** @param entry - of a decision, as it was written */
export function readFacts(entry: Part): DecisionFacts {
  const interaction = member(entry, "interaction");
  const origin = maybe(member(entry, "origin"), (part) => part);
  const labels = maybe(member(entry, "labels"), (part) => part);
  const label = (name: string): LabelView | undefined =>
    labels === undefined ? undefined : maybe(member(labels, name), readLabel);
  return {
    via: maybe(interaction, (part) => optional(part, "via")),
    server: maybe(interaction, (part) => optional(part, "server")),
    tool: maybe(member(entry, "tool"), (tool) => optional(tool, "name")),
    impact: optional(entry, "impact"),
    asker: maybe(member(entry, "who"), readAsker),
    mandate: maybe(member(entry, "mandate"), readMandate),
    labels: { flow: label("flow"), context: label("context") },
    lowest: origin === undefined ? undefined : optional(origin, "lowest"),
    destination: maybe(member(entry, "destination"), readDestination),
    disclosed: maybe(member(entry, "disclose"), (part) => optional(part, "answer")),
    transfer: maybe(member(entry, "why"), (why) => maybe(member(why, "transfer"), readTransfer)),
    digests: maybe(member(entry, "digests"), readTexts) ?? {},
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readOutcome(outcome: Part): OutcomeView {
  return {
    result: text(member(outcome, "result")),
    ms: whole(member(outcome, "ms")),
    bytesIn: whole(member(outcome, "bytesIn")),
    bytesOut: whole(member(outcome, "bytesOut")),
    objects: maybe(member(outcome, "objects"), (objects) => list(objects, readObject)) ?? [],
    obligations: maybe(member(outcome, "release"), readObligations) ?? [],
    content: maybe(member(outcome, "content"), (all) => list(all, readContent)) ?? [],
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readApprovalUse(use: Part): ApprovalUse {
  return {
    outcome: text(member(use, "outcome")),
    at: new Date(whole(member(use, "at"))).toISOString(),
    by: list(member(use, "by"), (one) => ({ person: text(member(one, "person")), acr: text(member(one, "acr")) })),
  };
}

function readAsker(who: Part): AskerView {
  return {
    kind: optional(who, "kind"),
    instance: optional(who, "instance"),
    sponsor: optional(who, "sponsor"),
    onBehalfOf: optional(who, "onBehalfOf"),
    assurance: maybe(member(who, "assurance"), whole),
    pop: maybe(member(who, "token"), (token) => optional(token, "pop")),
  };
}

function readMandate(mandate: Part): MandateUse {
  return {
    id: text(member(mandate, "id")),
    purpose: text(member(mandate, "purpose")),
    task: text(member(mandate, "task")),
    step: text(member(mandate, "step")),
  };
}

function readLabel(label: Part): LabelView {
  return {
    level: text(member(label, "level")),
    categories: list(member(label, "categories"), text),
    jurisdictions: list(member(label, "jurisdictions"), text),
    trust: text(member(label, "trust")),
    complete: flag(member(label, "complete")),
  };
}

function readDestination(destination: Part): NonNullable<DecisionFacts["destination"]> {
  const [operator, jurisdiction] = [optional(destination, "operator"), optional(destination, "jurisdiction")];
  return {
    kind: text(member(destination, "kind")),
    ...(operator === undefined ? {} : { operator }),
    ...(jurisdiction === undefined ? {} : { jurisdiction }),
  };
}

function readTransfer(transfer: Part): NonNullable<DecisionFacts["transfer"]> {
  return {
    verdict: text(member(transfer, "verdict")),
    crossing: flag(member(transfer, "crossing")),
    rules: list(member(transfer, "rules"), text),
  };
}

function readObject(object: Part): OutcomeView["objects"][number] {
  return { id: text(member(member(object, "ref"), "id")), how: text(member(object, "how")) };
}

function readObligations(release: Part): readonly string[] {
  return maybe(member(release, "obligations"), (all) => list(all, text)) ?? [];
}

function readContent(content: Part): ContentView {
  const found = member(content, "detections");
  const counts = Object.keys(members(found)).map((type) => [type, whole(member(found, type))] as const);
  return {
    direction: text(member(content, "direction")),
    label: maybe(member(content, "label"), readLabel),
    detections: Object.fromEntries(counts),
    redacted: whole(member(content, "redacted")),
  };
}

function readTexts(part: Part): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(members(part)).map((name) => [name, text(member(part, name))]));
}

function optional(part: Part, name: string): string | undefined {
  return maybe(member(part, name), text);
}
