// SPDX-License-Identifier: Apache-2.0
// A challenge waits for exactly this call to be approved (enforce E28, E29, E52): asks, holds for a while, and looks again.
import {
  type ApprovalCall,
  type ApprovalDesk,
  type ApprovalId,
  bindsOf,
  type Commitment,
  type DeskState,
  type DeskView,
  type Digest,
  digestOf,
  type EntryId,
  type Evidence,
  jsonObject,
  parseJson,
  type Reference,
  type Standing,
  type Trace,
} from "../core/index.ts";
import { contextOf } from "./context.ts";
import type { Facts } from "./facts.ts";
import type { Judged, Moment, Ruling } from "./judge.ts";
import type { UpstreamServer } from "./upstream-server.ts";

/** The call that people are asked about. */
export interface AskedCall {
  readonly moment: Moment;
  readonly facts: Facts;
  readonly method: string;
  readonly tool: string;
  readonly args: Commitment;
  readonly reference: Reference;
  /** The arguments as text for the approver; whoever shows it escapes it. */
  readonly display: string;
}

export type Asked =
  | { readonly answered: "approved" }
  | { readonly answered: "refused"; readonly why: string }
  | { readonly answered: "pending"; readonly why: string; readonly waiting: readonly DeskView[] };

/** How long a call waits for people. */
export interface Hold {
  /** UNIT: ms. */
  readonly ms: number;
  readonly signal: AbortSignal;
  /** Whoever asks for the first time is told at once where people agree, and waits when it asks again. */
  readonly tellsFirst: boolean;
}

/** What people agreed to for each resource that is challenged. */
export function evidenceFor(
  desk: ApprovalDesk,
  judged: Judged,
  call: AskedCall,
  claimedBy?: EntryId,
): readonly Evidence[] {
  return challenged(judged).flatMap((ruling) =>
    desk.evidence({ ...callOf(ruling, call), ...(claimedBy === undefined ? {} : { claimedBy }) }),
  );
}

/** Opens one question for each challenge and waits for all of them. */
export async function askPeople(desk: ApprovalDesk, judged: Judged, call: AskedCall, hold: Hold): Promise<Asked> {
  const opened = await Promise.all(
    challenged(judged).flatMap((ruling) =>
      ruling.decision.challenges.map((challenge) => desk.open(itemOf(ruling, challenge, call))),
    ),
  );
  const ids: ApprovalId[] = [];
  for (const one of opened) {
    if ("refused" in one) return { answered: "refused", why: one.refused };
    ids.push(one.id);
  }
  const isFirst = ids.some((id) => desk.read(id)?.item.reference === call.reference);
  const ms = hold.tellsFirst && isFirst ? 0 : hold.ms;
  const states = await Promise.all(ids.map((id) => desk.wait(id, ms, hold.signal)));
  return answerOf(
    states,
    ids.flatMap((id) => desk.read(id) ?? []),
  );
}

function answerOf(states: readonly DeskState[], views: readonly DeskView[]): Asked {
  const no = states.find((state) => state !== "approved" && state !== "pending");
  if (no !== undefined) return { answered: "refused", why: `the question was ${no}` };
  if (!states.includes("pending")) return { answered: "approved" };
  return {
    answered: "pending",
    why: "nobody has answered yet",
    waiting: views.filter(({ state }) => state === "pending"),
  };
}

function challenged(judged: Judged): readonly Ruling[] {
  return judged.all.filter(({ decision }) => decision.answer === "challenge" || decision.uses.length > 0);
}

function callOf({ verb, resource }: Ruling, { moment, facts, method, tool, args }: AskedCall): ApprovalCall {
  const { standing, server } = moment;
  return {
    interaction: interactionDigest(server, method, tool, facts.traces),
    principal: standing.identity,
    instance: standing.instance,
    action: verb,
    resource,
    argsDigest: args,
    mandate: standing.mandate.id,
  };
}

/** What a person read the tool to do when they agreed: another manifest is another question. */
function manifestOf(server: UpstreamServer, tool: string): string {
  return digestOf(parseJson(JSON.stringify(server.tools.get(tool) ?? null)));
}

/** What the gate knows of the call besides its members; no id and no time, or a repeated call would not find its answer. */
function interactionDigest(server: UpstreamServer, method: string, tool: string, traces: readonly Trace[]): Digest {
  const traced = traces.map(({ path, role, trust, contract }) =>
    jsonObject([
      ["path", path],
      ["role", role],
      ["trust", trust],
      ["contract", contract],
    ]),
  );
  return digestOf(
    jsonObject([
      ["server", server.id],
      ["manifest", manifestOf(server, tool)],
      ["method", method],
      ["tool", tool],
      ["traces", traced],
    ]),
  );
}

function itemOf(
  ruling: Ruling,
  challenge: Ruling["decision"]["challenges"][number],
  call: AskedCall,
): Parameters<ApprovalDesk["open"]>[0] {
  const { standing } = call.moment;
  const hit = ruling.decision.policies.find(({ id }) => id === challenge.policy);
  if (hit === undefined) throw new Error("a challenge names a policy of its decision");
  return {
    challenge,
    policyDigest: hit.digest,
    call: callOf(ruling, call),
    binds: bindsOf(challenge.binds, contextOf(call.moment, { facet: "act", tool: call.tool })),
    ...peopleOf(standing),
    actors: [],
    scopes: standing.scopes,
    reference: call.reference,
    asks: call.facts.traces
      .filter((trace) => trace.contract === "broken")
      .map((trace) => ({ path: trace.path, role: trace.role, source: sourceOf(trace) })),
    display: call.display,
  };
}

function peopleOf({
  onBehalfOf,
  sponsor,
}: Standing): Pick<Parameters<ApprovalDesk["open"]>[0], "onBehalfOf" | "sponsor"> {
  return {
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(sponsor === undefined ? {} : { sponsor }),
  };
}

const IN_WORDS: Readonly<Record<string, string>> = { user: "the person's request" };

/** Where a value came from, in a few words: `tool:files/read_text_file at /content/0/text#L3`. */
export function sourceOf({ source, lookalike }: Trace): string {
  const seen = lookalike ?? source;
  if (seen === undefined) return "nowhere in this task";
  const { origin, path } = seen;
  const from = origin.kind === "tool" ? `${origin.server}/${origin.tool}` : (IN_WORDS[origin.kind] ?? origin.kind);
  const where = path === undefined ? "" : ` at ${path}`;
  return lookalike === undefined ? `${from}${where}` : `looks like a value of ${from}${where}`;
}
