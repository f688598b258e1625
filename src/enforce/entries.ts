// SPDX-License-Identifier: Apache-2.0
// The lines that the gate writes: one place, so that every refusal and every release says the same things.
import {
  type Answer,
  type ChosenBy,
  type Commitment,
  type Decision,
  type DecisionDraft,
  type Destination,
  type Digest,
  ENTRY_STRING_MAX_BYTES,
  type EntryId,
  type EntryOutcome,
  type EntryUse,
  type EntryWho,
  type EntryWhy,
  type ErasureDomainId,
  type EventDraft,
  type Impact,
  jsonObject,
  type Mode,
  type PointId,
  type Ref,
  type Refusal,
  type ServerId,
  type Standing,
  strictest,
  type ToolManifest,
  type Trace,
  type Verb,
} from "../core/index.ts";
import { isBound } from "../protect/index.ts";
import { sourceOf } from "./ask-people.ts";
import { type Facts, lowestOf } from "./facts.ts";
import type { Judged } from "./judge.ts";
import type { ToldDrift } from "./pins/withheld.ts";
import { entryLabel } from "./release.ts";

/** Longest list of resources that stands in an entry; a longer one is its count. */
const RESOURCES_MAX = 64;

/** Most arguments of one kind whose source an entry names. */
const CHOSEN_MAX = 16;

/** What is known of an interaction before anything is asked. */
export interface Subject {
  readonly id: EntryId;
  /** Absent where nobody proved who they are. */
  readonly standing?: Standing;
  readonly point: PointId;
  readonly seq: number;
  readonly server: ServerId;
  readonly destination: Destination;
  readonly method: string;
  readonly name?: string;
  readonly mode: Mode;
  /** Whose key what is committed to is under; absent where nobody proved who they are. */
  readonly domain?: ErasureDomainId;
}

/** What the call does, as far as it could be read. */
export interface Reading {
  readonly verb: Verb;
  readonly impact: Impact;
  readonly tool?: ToolManifest;
  readonly resources: readonly Ref[];
  readonly args?: Commitment;
}

function whoOf(standing: Standing): EntryWho {
  return {
    identity: standing.identity,
    kind: standing.kind,
    status: standing.status,
    instance: standing.instance,
    ...(standing.blueprint === undefined
      ? {}
      : { blueprint: `${standing.blueprint.id}@${standing.blueprint.version}` }),
    env: standing.environment,
    token: { jti: standing.token.jti, jkt: standing.token.jkt, pop: standing.auth.pop },
    assurance: standing.assurance,
    ...(standing.sponsor === undefined ? {} : { sponsor: standing.sponsor }),
    synthetic: standing.synthetic,
  };
}

/** An interaction that policy judged. */
export function judgedEntry(
  shape: DecisionDraft["shape"],
  subject: Subject & { readonly standing: Standing },
  reading: Reading,
  found: {
    readonly judged: Judged;
    readonly facts: Facts;
    readonly uses: readonly EntryUse[];
    /** Of what is kept beside the entry; absent where nothing is. */
    readonly input?: Digest;
  },
): DecisionDraft {
  const { judged, facts, uses, input } = found;
  const { decision } = judged.decisive;
  return {
    type: "decision",
    shape,
    interaction: interactionOf(subject),
    ...whoIs(subject),
    verb: reading.verb,
    impact: reading.impact,
    resource: actResource(judged, reading),
    ...resourcesOf(reading.resources),
    destination: subject.destination,
    disclose: {
      resource: judged.disclose.resource,
      answer: judged.disclose.decision.answer,
      ...(judged.disclose.decision.would === undefined ? {} : { would: judged.disclose.decision.would }),
      reason: judged.disclose.decision.reason,
    },
    ...toolOf(reading),
    mandate: mandateOf(subject.standing),
    labels: { flow: entryLabel(facts.flow), context: entryLabel(facts.context) },
    origin: originOf(facts),
    answer: judged.answer,
    mode: subject.mode,
    ...wouldBe(judged),
    why: { ...whyOf([decision]), ...shadowOf(judged), transfer: transferOf(facts) },
    digests: {
      ...(reading.args === undefined ? {} : { args: reading.args }),
      ...(input === undefined ? {} : { input }),
    },
    ...(uses.length === 0 ? {} : { uses }),
    ...domainOf(subject),
  };
}

/** The resource of the act that decided; where the disclosure decided, what the act is about. */
function actResource({ decisive, disclose, tool }: Judged, { resources }: Reading): Ref {
  return decisive === disclose ? (resources[0] ?? tool.resource) : decisive.resource;
}

function mandateOf({ mandate, step }: Standing): NonNullable<DecisionDraft["mandate"]> {
  const { id, task, s256, depth, grant } = mandate;
  return { id, task, s256, step, depth, purpose: grant.purpose };
}

/** Who chose the arguments that decide something: those that may not stand, and those that may. */
function originOf(facts: Facts): NonNullable<DecisionDraft["origin"]> {
  const chosen = (contract: Trace["contract"]): ChosenBy[] =>
    facts.traces
      .filter((trace) => trace.contract === contract && isBound(trace.role))
      .slice(0, CHOSEN_MAX)
      .map((trace) => ({ role: trace.role, source: clip(sourceOf(trace)) }));
  return { lowest: lowestOf(facts), broken: chosen("broken"), met: chosen("met") };
}

function transferOf({ transfer }: Facts): NonNullable<EntryWhy["transfer"]> {
  const { verdict, crossing, reviewed, rules } = transfer;
  return { verdict, crossing, reviewed, rules };
}

/** What only observing let through says what it would have been. */
function wouldBe({ would, objections }: Judged): Pick<DecisionDraft, "would" | "objections"> {
  return {
    ...(would === undefined ? {} : { would }),
    ...(objections === undefined ? {} : { objections: objections.map(clip) }),
  };
}

/** A list of tools: what policy showed, and why; or, where it was only observed, how many tools it would not have shown. */
export function listEntry(
  subject: Subject,
  decisions: readonly Decision[],
  { outcome, hidden }: { readonly outcome: EntryOutcome; readonly hidden: number },
): DecisionDraft {
  return {
    type: "decision",
    shape: "whole",
    interaction: interactionOf(subject),
    ...whoIs(subject),
    verb: "view",
    impact: "low",
    resource: { type: "Server", id: subject.server },
    destination: subject.destination,
    answer: "allow",
    mode: subject.mode,
    ...(hidden === 0 ? {} : { wouldHide: hidden }),
    why: whyOf(decisions),
    digests: {},
    ...domainOf(subject),
    outcome,
  };
}

/** What an entry says of the key that its commitments are under. */
export function domainOf({ domain }: Pick<Subject, "domain">): Pick<DecisionDraft, "domain"> {
  return domain === undefined ? {} : { domain };
}

/** A tool that is not what was accepted. */
export function driftEntry(server: ServerId, drift: ToldDrift): EventDraft {
  const { tool, change, beside, before, after, lines } = drift;
  const digests = { after, ...(before === undefined ? {} : { before }) };
  const told = lines.length === 0 ? {} : { lines: lines.map(clip) };
  const what = beside === undefined ? {} : { beside };
  const data = jsonObject(Object.entries({ server, tool: clip(tool), ...what, change, ...digests, ...told }));
  const subject =
    beside === undefined ? { type: "Tool", id: clip(`${server}/${tool}`) } : { type: "Server", id: server };
  return { type: "event", name: "pin.drifted", subject, data };
}

/** An interaction that was refused before policy could judge it. */
export function refusedEntry(
  subject: Subject,
  refusal: Pick<Refusal, "code" | "why" | "order" | "claimed">,
  reading?: Reading,
): DecisionDraft {
  const { order, claimed } = refusal;
  return {
    type: "decision",
    shape: "attempt",
    interaction: interactionOf(subject),
    ...whoIs(subject),
    // what could not be read counts as the strictest thing it could have been
    verb: reading?.verb ?? "execute",
    impact: reading?.impact ?? "high",
    resource: reading?.resources[0] ?? { type: "Server", id: subject.server },
    destination: subject.destination,
    ...(reading === undefined ? {} : toolOf(reading)),
    answer: "deny",
    mode: subject.mode,
    refusal: clip(`${refusal.code}: ${refusal.why}`),
    ...(order === undefined ? {} : { order }),
    ...(claimed === undefined ? {} : { claimed }),
    digests: reading?.args === undefined ? {} : { args: reading.args },
  };
}

/** Cuts outside text to what an entry may hold, and says that it was cut. */
export function clip(text: string): string {
  if (Buffer.byteLength(text) <= ENTRY_STRING_MAX_BYTES) return text;
  let cut = text.slice(0, ENTRY_STRING_MAX_BYTES);
  while (Buffer.byteLength(cut) > ENTRY_STRING_MAX_BYTES - 3) cut = cut.slice(0, -1);
  return `${cut.toWellFormed()}…`;
}

function whoIs({ standing }: Subject): Pick<DecisionDraft, "who"> {
  return standing === undefined ? {} : { who: whoOf(standing) };
}

function interactionOf(subject: Subject): DecisionDraft["interaction"] {
  return {
    id: subject.id,
    via: "mcp",
    point: subject.point,
    seq: subject.seq,
    server: subject.server,
    method: clip(subject.method),
    ...(subject.name === undefined ? {} : { name: clip(subject.name) }),
  };
}

function toolOf(reading: Reading): Pick<DecisionDraft, "tool"> {
  return reading.tool === undefined ? {} : { tool: { server: reading.tool.server, name: reading.tool.tool } };
}

function resourcesOf(resources: readonly Ref[]): Pick<DecisionDraft, "resources"> {
  if (resources.length < 2) return {};
  return { resources: resources.length > RESOURCES_MAX ? { n: resources.length } : resources };
}

function whyOf(decisions: readonly Decision[]): EntryWhy {
  const [first] = decisions;
  const policies = new Map(decisions.flatMap((d) => d.policies.map((hit) => [hit.id, hit] as const)));
  return {
    policies: [...policies.values()].map(({ id, effect, tier, digest, file, line }) => ({
      id,
      effect,
      tier,
      digest,
      file,
      line,
    })),
    set: first?.setDigest ?? null,
    ...(first?.release === undefined ? {} : { release: first.release }),
    errors: decisions.flatMap((d) => d.errors),
    reason: first?.reason ?? "no_permit",
  };
}

/** What each set in shadow would have made of the whole call, where that is another answer than it got. */
function shadowOf({ all }: Judged): Pick<EntryWhy, "shadow"> {
  const binding = strictest(all.map(({ decision }) => meant(decision)));
  const hits = new Map(
    all.flatMap(({ decision }) => (decision.shadow ?? []).map((hit) => [hit.release, hit] as const)),
  );
  const shadow = [...hits.values()].flatMap(({ release, set }) => {
    const own = all.map(
      ({ decision }) => decision.shadow?.find((hit) => hit.release === release)?.answer ?? meant(decision),
    );
    const answer = strictest(own);
    return answer === binding ? [] : [{ release, set, answer }];
  });
  return shadow.length === 0 ? {} : { shadow };
}

function meant({ would, answer }: Decision): Answer {
  return would ?? answer;
}
