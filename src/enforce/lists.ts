// SPDX-License-Identifier: Apache-2.0
// A list of tools passes the gate too: what an identity may not use is not shown, and the descriptions of the rest are
// somebody's words, looked at and remembered before they leave (protect P24).
import { type Decision, jsonObject, member, NEUTRAL_LABEL, type Standing } from "../core/index.ts";
import { listEntry } from "./entries.ts";
import { judgeTools, type Ruling } from "./judge.ts";
import { type Ledger, nothing } from "./ledger.ts";
import type { Effected, GatePorts, ListAttempt, Passage } from "./passage.ts";
import { contentOf } from "./release.ts";
import type { Weigher } from "./weigh.ts";

export interface ListPorts extends Pick<GatePorts, "inspector" | "tasks"> {
  readonly ledger: Ledger;
  readonly weigher: Weigher;
}

export async function listTools(ports: ListPorts, standing: Standing, attempt: ListAttempt): Promise<Passage> {
  const { ledger, weigher } = ports;
  const subject = ledger.subject(attempt, { standing });
  if (ledger.isFull()) return ledger.stop(subject, { code: "busy", why: "the record takes no more now" });
  const rulings = judgeTools(weigher.judgePorts, weigher.moment(standing, attempt.server));
  const verbs: readonly string[] = standing.mandate.grant.verbs;
  const shown = rulings.filter(({ verb, decision }) => decision.answer !== "deny" && verbs.includes(verb));
  // nothing to show: then nothing is asked either
  const fetched = shown.length === 0 ? NO_TOOLS : await attempt.fetch(new Set(shown.map(toolName)));
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
