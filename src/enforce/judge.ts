// SPDX-License-Identifier: Apache-2.0
// Turns one interaction into questions and their answers into one: the strictest wins (enforce E3).
import {
  ANSWERS,
  type Answer,
  type ApprovalId,
  type Commitment,
  type Decider,
  type Decision,
  type DomainId,
  type Evidence,
  type Instant,
  type Mode,
  type PointId,
  type Question,
  type Ref,
  type Standing,
  strictest,
  type ToolManifest,
  type Verb,
} from "../core/index.ts";
import { contextsOf } from "./context.ts";
import type { Facts } from "./facts.ts";
import { meant, wouldOf } from "./observe.ts";
import {
  destinationRef,
  principalEntity,
  principalRef,
  resourceEntities,
  serverRef,
  toolRef,
} from "./resources/entities.ts";
import type { UpstreamServer } from "./upstream-server.ts";

/** What a call does: the verb, on what is asked for itself, and on every resource that its arguments name or reach. */
export interface Act {
  readonly verb: Verb;
  readonly tool?: ToolManifest;
  /** What is asked for where that is no tool; the server itself where it is neither. */
  readonly about?: Ref;
  readonly resources: readonly Ref[];
}

/** One decision and what it was about. */
export interface Ruling {
  readonly verb: Verb;
  readonly resource: Ref;
  readonly decision: Decision;
}

/** The joined answer. `decisive` is the ruling that made it; `tool` the one on what was asked for itself. */
export interface Judged {
  readonly answer: Answer;
  /** What it would have been, where it is only observed. */
  readonly would?: Answer;
  /** What the gate would have refused it for by itself: `code: why`. */
  readonly objections?: readonly string[];
  readonly decisive: Ruling;
  readonly tool: Ruling;
  readonly disclose: Ruling;
  readonly all: readonly Ruling[];
}

export interface JudgePorts {
  readonly decider: Decider;
  readonly domain: DomainId;
  readonly point: PointId;
}

/** Everything about the moment that policies may read. */
export interface Moment {
  readonly standing: Standing;
  readonly server: UpstreamServer;
  readonly at: Instant;
  /** Before the effect, or after it: is what came back to be released? */
  readonly phase: "before" | "after";
  readonly mode: Mode;
  /** Absent for a list, which carries nothing. */
  readonly facts?: Facts;
  readonly argsDigest?: Commitment;
  readonly evidence?: readonly Evidence[];
}

/** The types of obligations that this gate carries out on what comes back. */
const CARRIED_OUT: ReadonlySet<string> = new Set(["redact", "max_bytes"]);
const NONE: ReadonlySet<string> = new Set();

/** Judges one call: the verb on what is asked for and on each resource, and the disclosure of its arguments to the upstream. */
export function judgeCall(ports: JudgePorts, moment: Moment, act: Act): Judged {
  const ask = asker(ports, moment);
  const { tool: called } = act;
  // the resources speak first, so that a person reads about the file and not about the tool
  const rulings = ask({ verb: act.verb, facet: "act", called }, [...act.resources, subjectOf(act, moment.server)]);
  const tool = rulings.at(-1);
  const [disclose] = ask({ verb: "share", facet: "disclose", called }, [destinationRef(moment.server)]);
  if (tool === undefined || disclose === undefined) throw new Error("a decider answers every question");
  const all = [...rulings, disclose];
  const answer = strictest(all.map((r) => r.decision.answer));
  const would = strictest(all.map(meant));
  const decisive = all.find((r) => meant(r) === would) ?? tool;
  return { answer, ...wouldOf(answer, would), decisive, tool, disclose, all };
}

/** Judges the release of what came back: the verb on the tool and on each resource again, with the label of the result (E8). */
export function judgeRelease(ports: JudgePorts, moment: Moment, act: Act): readonly Ruling[] {
  const ask = asker(ports, moment);
  const asked = [subjectOf(act, moment.server), ...act.resources];
  return ask({ verb: act.verb, facet: "act", called: act.tool }, asked);
}

/** What is asked for itself. */
export function subjectOf({ tool, about }: Act, server: UpstreamServer): Ref {
  return tool === undefined ? (about ?? serverRef(server)) : toolRef(tool);
}

/** The name of the tool; empty for none. */
export function nameOf({ tool }: Act): string {
  return tool?.tool ?? "";
}

/** The question on each of some things that a list holds, with nothing carried to anybody. */
export function judgeEach(ports: JudgePorts, moment: Moment, verb: Verb, refs: readonly Ref[]): readonly Ruling[] {
  return asker(ports, moment)({ verb, facet: "act", called: undefined }, refs);
}

/** The question on one tool alone, whatever it is called with. */
export function judgeTool(ports: JudgePorts, moment: Moment, tool: ToolManifest): Ruling {
  const [ruling] = asker(ports, moment)({ verb: tool.verb, facet: "act", called: tool }, [toolRef(tool)]);
  if (ruling === undefined) throw new Error("a decider answers every question");
  return ruling;
}

/** Which tools an identity may see: those whose own question is not denied (enforce E23). */
export function judgeTools(ports: JudgePorts, moment: Moment): readonly Ruling[] {
  return [...moment.server.tools.values()].map((tool) => judgeTool(ports, moment, tool));
}

/** Evidence that the answers rest on, each once. */
export function usesOf(judged: Judged): readonly ApprovalId[] {
  return [...new Set(judged.all.flatMap((ruling) => ruling.decision.uses))];
}

/** True when `now` is stricter than `before`: what was allowed a moment ago no longer is. */
export function isStricter(now: Answer, before: Answer): boolean {
  return ANSWERS.indexOf(now) > ANSWERS.indexOf(before);
}

interface Facet {
  readonly verb: Verb;
  readonly facet: "act" | "disclose";
  /** Undefined where no tool is called. */
  readonly called: ToolManifest | undefined;
}

function asker(ports: JudgePorts, moment: Moment): (facet: Facet, resources: readonly Ref[]) => Ruling[] {
  const principal = principalEntity(moment.standing);
  const principalIs = principalRef(moment.standing);
  const context = contextsOf(moment);
  const pep = { id: ports.point, obligations: moment.phase === "after" ? CARRIED_OUT : NONE };
  return ({ verb, facet, called }, resources) => {
    const [first] = resources;
    if (first === undefined) return [];
    const question: Question = {
      domain: ports.domain,
      principal: principalIs,
      action: verb,
      resource: first,
      context: context({ facet, tool: called?.tool ?? "" }),
      entities: [principal, ...resourceEntities(moment.server, resources, called)],
      ...(moment.argsDigest === undefined ? {} : { argsDigest: moment.argsDigest }),
      ...(moment.evidence === undefined ? {} : { evidence: moment.evidence }),
      pep,
      at: moment.at,
      mode: moment.mode,
    };
    const decisions = ports.decider.decideMany(question, resources);
    return resources.map((resource, i) => {
      const decision = decisions[i];
      if (decision === undefined) throw new Error("a decider answers every question");
      return { verb, resource, decision };
    });
  };
}
