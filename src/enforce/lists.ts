// SPDX-License-Identifier: Apache-2.0
// A list of tools passes the gate too: what an identity may not use is not shown, and the descriptions of the rest are
// somebody's words, looked at and remembered before they leave (protect P24).
import { type Decision, jsonObject, member, NEUTRAL_LABEL, type Standing } from "../core/index.ts";
import { listEntry } from "./entries.ts";
import { judgeTools, type Ruling } from "./judge.ts";
import { type Known, type Ledger, type No, nothing } from "./ledger.ts";
import type { Effected, GatePorts, ListAttempt, Passage } from "./passage.ts";
import { contentOf } from "./release.ts";
import { keysOf } from "./restraints.ts";
import type { Weigher } from "./weigh.ts";

export interface ListPorts extends Pick<GatePorts, "inspector" | "tasks" | "inFlight" | "feed"> {
  readonly ledger: Ledger;
  readonly weigher: Weigher;
}

export async function listTools(ports: ListPorts, standing: Standing, attempt: ListAttempt): Promise<Passage> {
  const { ledger, weigher } = ports;
  const subject = ledger.subject(attempt, { standing });
  const keys = keysOf(standing, attempt.server, undefined);
  const abort = new AbortController();
  const flight = ports.inFlight.enter(keys, abort, { id: subject.id, effect: false, arrived: attempt.arrived });
  const stopped = (): No | undefined => weigher.restraints.refusalOf(keys, standing.token.issued, LOOKING);
  try {
    const before = stopped() ?? weigher.restraints.slowed(keys, standing.token.issued);
    if (before !== undefined) return ledger.stop(subject, before);
    const passage = await listed(ports, subject, { attempt, signal: abort.signal });
    const after = stopped();
    return after === undefined ? passage : ledger.no(subject, after);
  } finally {
    flight.leave();
  }
}

const LOOKING = { verb: "view", destination: "internal", approved: false } as const;

async function listed(
  ports: ListPorts,
  subject: Known,
  { attempt, signal }: { readonly attempt: ListAttempt; readonly signal: AbortSignal },
): Promise<Passage> {
  const { ledger, weigher } = ports;
  const { standing } = subject;
  if (ledger.isFull()) return ledger.stop(subject, { code: "busy", why: "the record takes no more now" });
  const rulings = judgeTools(weigher.judgePorts, weigher.moment(standing, attempt.server));
  const verbs: readonly string[] = standing.mandate.grant.verbs;
  const isStopped = (ruling: Ruling): boolean =>
    ports.feed.effect([{ kind: "tool", id: ruling.resource.id }], standing.token.issued).effect === "isolate";
  const shown = rulings.filter(
    (ruling) => ruling.decision.answer !== "deny" && verbs.includes(ruling.verb) && !isStopped(ruling),
  );
  // nothing to show: then nothing is asked either
  const fetched = shown.length === 0 ? NO_TOOLS : await attempt.fetch(new Set(shown.map(toolName)), signal);
  const effected = await takeIn(ports, standing, attempt, fetched);
  const receipt = await ledger.append(listEntry(subject, decisionsOf(shown, rulings), effected.outcome), subject.id);
  return receipt === undefined ? ledger.unrecorded(subject) : ledger.pass(subject, effected);
}

async function takeIn(
  ports: ListPorts,
  standing: Standing,
  { server, method }: ListAttempt,
  effected: Effected,
): Promise<Effected> {
  const { value, outcome } = effected;
  if (!("body" in value)) return effected;
  const task = ports.tasks.of(standing.mandate.task);
  const source = { ...NEUTRAL_LABEL, trust: server.trust };
  const inspection = await ports.inspector.inspect({ json: value.body }, { source });
  const told = { ...outcome, content: [contentOf(inspection, 0)] };
  if (!inspection.label.complete) return { value: { withheld: "not all of it could be looked at" }, outcome: told };
  // an upstream that answers a list with an error has nothing to show, and its words stay here
  if (member(value.body, "result") === undefined) return { value: { lost: "unknown" }, outcome: told };
  task.index.ingest({ json: value.body }, { server: server.id, tool: method, tier: server.trust });
  task.read(inspection.label);
  return { value, outcome: told };
}

const NO_TOOLS: Effected = {
  value: { body: jsonObject([["result", jsonObject([["tools", []]])]]) },
  outcome: nothing("completed"),
};

function toolName(ruling: Ruling): string {
  return ruling.resource.id.slice(ruling.resource.id.indexOf("/") + 1);
}

/** What explains a list: what showed the tools, or, where none is shown, what hid them. */
function decisionsOf(shown: readonly Ruling[], all: readonly Ruling[]): readonly Decision[] {
  return (shown.length > 0 ? shown : all).map((ruling) => ruling.decision);
}
