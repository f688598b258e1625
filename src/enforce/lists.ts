// SPDX-License-Identifier: Apache-2.0
// A list of tools passes the gate too: what an identity may not use is not shown, and the descriptions of the rest are
// somebody's words, looked at and remembered before they leave (protect P24).
import {
  type Decision,
  digestOf,
  type JsonObject,
  jsonObject,
  member,
  NEUTRAL_LABEL,
  type Standing,
  type ToolDefinition,
} from "../core/index.ts";
import { listEntry } from "./entries.ts";
import { judgeEach, judgeTools, type Ruling } from "./judge.ts";
import { type Known, type Ledger, type No, nothing } from "./ledger.ts";
import { hiddenIn, meant } from "./observe.ts";
import type { BrowseAttempt, Effected, GatePorts, ListAttempt, Passage } from "./passage.ts";
import { contentOf } from "./release.ts";
import { keysOf } from "./restraints.ts";
import type { UpstreamServer } from "./upstream-server.ts";
import type { Weigher } from "./weigh.ts";

export interface ListPorts extends Pick<GatePorts, "inspector" | "tasks" | "inFlight" | "feed"> {
  readonly ledger: Ledger;
  readonly weigher: Weigher;
}

export function listTools(ports: ListPorts, standing: Standing, attempt: ListAttempt): Promise<Passage> {
  return looked(ports, standing, attempt, (subject, signal) => listed(ports, subject, { attempt, signal }));
}

/** A list whose things are judged once they are there: each is a question of its own (enforce E23). */
export function browse(ports: ListPorts, standing: Standing, attempt: BrowseAttempt): Promise<Passage> {
  return looked(ports, standing, attempt, (subject, signal) => browsed(ports, subject, { attempt, signal }));
}

/** What a server says of itself to the model, as it is pinned: silence too, so that words which come later are a change. */
export function instructionsIn(said: JsonObject): ReadonlyMap<string, ToolDefinition> {
  const own = jsonObject([["instructions", member(said, "instructions") ?? ""]]);
  return new Map([["instructions", { digest: digestOf(own), said: own }]]);
}

export function withoutInstructions(said: JsonObject): JsonObject {
  return jsonObject(Object.entries(said).filter(([name]) => name !== "instructions"));
}

/** Whether what a server says of itself could be looked at whole; then the task has read it. */
export async function hear(
  ports: Pick<GatePorts, "inspector" | "tasks">,
  standing: Standing,
  server: UpstreamServer,
  said: JsonObject,
): Promise<boolean> {
  const source = { ...NEUTRAL_LABEL, trust: server.trust };
  const { label } = await ports.inspector.inspect({ json: said }, { source });
  if (!label.complete) return false;
  const task = ports.tasks.of(standing.mandate.task);
  task.index.ingest({ json: said }, { server: server.id, tool: "", tier: server.trust });
  task.read(label);
  return true;
}

async function looked(
  ports: ListPorts,
  standing: Standing,
  attempt: Pick<ListAttempt, "server" | "method" | "arrived">,
  look: (subject: Known, signal: AbortSignal) => Promise<Passage>,
): Promise<Passage> {
  const { ledger, weigher } = ports;
  const subject = ledger.subject(attempt, { standing });
  const keys = keysOf(standing, attempt.server, undefined);
  const abort = new AbortController();
  const flight = ports.inFlight.enter(keys, abort, { id: subject.id, effect: false, arrived: attempt.arrived });
  const stopped = (): No | undefined => weigher.restraints.refusalOf(keys, standing.token.issued, LOOKING);
  try {
    const before = stopped() ?? weigher.restraints.slowed(keys, standing.token.issued);
    if (before !== undefined) return ledger.stop(subject, before);
    const passage = ledger.isFull() ? ledger.stop(subject, FULL) : await look(subject, abort.signal);
    const after = stopped();
    return after === undefined ? passage : ledger.no(subject, after);
  } finally {
    flight.leave();
  }
}

const LOOKING = { verb: "view", destination: "internal", approved: false } as const;

/** The tools that a caller sees now. */
export function shownTo(
  { weigher, feed }: Pick<ListPorts, "weigher" | "feed">,
  who: Pick<Known, "standing" | "mode">,
  server: UpstreamServer,
): { readonly rulings: readonly Ruling[]; readonly shown: readonly Ruling[] } {
  const { standing } = who;
  const rulings = judgeTools(weigher.judgePorts, weigher.moment(who, server));
  const verbs: readonly string[] = standing.mandate.grant.verbs;
  const isStopped = (ruling: Ruling): boolean =>
    feed.effect([{ kind: "tool", id: ruling.resource.id }], standing.token.issued).effect === "isolate";
  const shown = rulings.filter(
    (ruling) => meant(ruling) !== "deny" && verbs.includes(ruling.verb) && !isStopped(ruling),
  );
  return { rulings, shown };
}

async function listed(
  ports: ListPorts,
  subject: Known,
  { attempt, signal }: { readonly attempt: ListAttempt; readonly signal: AbortSignal },
): Promise<Passage> {
  const { ledger } = ports;
  const { rulings, shown } = shownTo(ports, subject, attempt.server);
  const names = new Set(shown.map(toolName));
  const isWhole = subject.mode === "observe";
  // nothing to show: then nothing is asked either
  const fetched = shown.length === 0 && !isWhole ? NO_TOOLS : await attempt.fetch(isWhole ? "all" : names, signal);
  const effected = await takeIn(ports, subject, attempt, fetched);
  const { value, outcome } = effected;
  const hidden = isWhole && "body" in value ? hiddenIn(value.body, names) : 0;
  const receipt = await ledger.append(listEntry(subject, decisionsOf(shown, rulings), { outcome, hidden }), subject.id);
  return receipt === undefined ? ledger.unrecorded(subject) : ledger.pass(subject, effected);
}

/** Most things of one page that are judged; the rest is not shown. */
const PAGE_MAX = 1000;

async function browsed(
  ports: ListPorts,
  subject: Known,
  { attempt, signal }: { readonly attempt: BrowseAttempt; readonly signal: AbortSignal },
): Promise<Passage> {
  const { ledger, weigher } = ports;
  const { standing } = subject;
  const fetched = await attempt.fetch(signal);
  const body = "body" in fetched.value ? fetched.value.body : undefined;
  const refs = body === undefined ? [] : attempt.refs(body).slice(0, PAGE_MAX);
  const verbs: readonly string[] = standing.mandate.grant.verbs;
  const rulings = judgeEach(weigher.judgePorts, weigher.moment(subject, attempt.server), "view", refs);
  const shown = rulings.map((ruling) => meant(ruling) !== "deny" && verbs.includes("view"));
  const kept = new Set(shown.flatMap((isShown, i) => (isShown ? [i] : [])));
  const isWhole = body === undefined || subject.mode === "observe";
  const cut = isWhole ? fetched : { ...fetched, value: { body: attempt.keep(body, kept) } };
  const effected = await takeIn(ports, subject, attempt, cut);
  const decisions = decisionsOf(
    rulings.filter((_, i) => kept.has(i)),
    rulings,
  );
  const { outcome } = effected;
  const hidden = subject.mode === "observe" ? rulings.length - kept.size : 0;
  const receipt = await ledger.append(listEntry(subject, decisions, { outcome, hidden }), subject.id);
  return receipt === undefined ? ledger.unrecorded(subject) : ledger.pass(subject, effected);
}

async function takeIn(
  ports: ListPorts,
  { standing, mode }: Known,
  { server, method }: Pick<ListAttempt, "server" | "method">,
  effected: Effected,
): Promise<Effected> {
  const { value, outcome } = effected;
  if (!("body" in value)) return effected;
  const task = ports.tasks.of(standing.mandate.task);
  const source = { ...NEUTRAL_LABEL, trust: server.trust };
  const inspection = await ports.inspector.inspect({ json: value.body }, { source });
  const told = { ...outcome, content: [contentOf(inspection, 0)] };
  const isWhole = mode === "observe";
  if (!inspection.label.complete && !isWhole)
    return { value: { withheld: "not all of it could be looked at" }, outcome: told };
  // an upstream that has no tools to show has nothing to say here; what it else does not have it says in its own words
  const isSilent = member(value.body, "result") === undefined && method === "tools/list";
  if (isSilent && !isWhole) return { value: { lost: "unknown" }, outcome: told };
  task.index.ingest({ json: value.body }, { server: server.id, tool: method, tier: server.trust });
  task.read(inspection.label);
  return { value, outcome: told };
}

const FULL: No = { code: "busy", why: "the record takes no more now" };

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
