// SPDX-License-Identifier: Apache-2.0
// What comes back is a new release (enforce E8, E9): it is looked at, labelled, judged again, masked where policy says so,
// and given with the way into the task's memory, which comes before anything of it leaves. What could not be looked at whole is withheld.
import {
  type Decision,
  type EntryContent,
  type EntryDecoy,
  type EntryLabel,
  type EntryRelease,
  isJsonObject,
  type JsonObject,
  join,
  jsonObject,
  type Label,
  member,
  type Obligation,
  strictest,
  writeJson,
} from "../core/index.ts";
import {
  crosses,
  type Inspection,
  type Inspector,
  type Redactor,
  redactor,
  startsOf,
  type Taken,
  UNLABELLED,
} from "../protect/index.ts";
import { emptyMaskedBlobs } from "./blobs.ts";
import { type DecoyPorts, decoysOpened } from "./decoys.ts";
import type { Facts } from "./facts.ts";
import { type Act, type JudgePorts, judgeRelease, type Moment, type Ruling, subjectOf } from "./judge.ts";
import { meant, wouldOf } from "./observe.ts";
import type { Asked } from "./recent.ts";
import { runsOf } from "./runs.ts";
import type { TaskMemory } from "./tasks.ts";
import type { UpstreamServer } from "./upstream-server.ts";

export interface ReleasePorts extends JudgePorts, DecoyPorts {}

/** What may leave, or why nothing may; and what the record says of it. */
export type Released = {
  readonly release: EntryRelease;
  readonly content: readonly EntryContent[];
  /** What policy was asked, for whoever asks again under other rules. */
  readonly asked: Asked;
  /** What policy said, one by one. */
  readonly rulings: readonly Decision[];
  /** Planted values in what would leave. */
  readonly decoys: readonly EntryDecoy[];
} & (
  | {
      readonly value: JsonObject;
      /** Takes it into the task's memory: called once, before anything of it leaves (enforce E9). */
      readonly remember: () => void;
    }
  | { readonly withheld: string }
);

/** @param facts - what was known of the call before it was carried out */
export async function releaseResult(
  ports: ReleasePorts,
  moment: Moment & { readonly facts: Facts },
  act: Act,
  came: { readonly value: JsonObject; readonly task: TaskMemory },
): Promise<Released> {
  const inspection = await inspectAll(ports.inspector, came.value, sourceLabel(moment));
  const facts: Facts = {
    ...moment.facts,
    flow: inspection.label,
    context: join(came.task.context(), inspection.label),
  };
  const after: Moment = { ...moment, phase: "after", facts };
  const rulings = judgeRelease(ports, after, act);
  const met = { json: came.value, inspection, resources: act.resources };
  const decoys = decoysOpened(ports, met, came.task);
  const asked: Asked = { moment: { ...after, mode: "enforce" }, act, answer: strictest(rulings.map(meant)) };
  const said = { asked, decoys, rulings: rulings.map(({ decision }) => decision) };
  const carried = carriedOut(ports.inspector, { inspection, rulings }, came.value);
  const told = moment.mode === "observe" ? observedRelease : release;
  const released = told({ inspection, rulings, carried }, came.value);
  if (!("value" in released)) return { ...said, ...released };
  const { server } = moment;
  const source = { server: server.id, tool: sourceName({ ...act, server }), tier: server.trust };
  const remember = (): void => {
    came.task.index.ingest({ json: came.value }, source);
    for (const { texts } of runsOf(came.value)) came.task.index.ingest({ text: texts.join("") }, source);
    came.task.read(inspection.label);
  };
  return { ...said, ...released, remember };
}

/** What came back, what was ruled on it, and what enforcing makes of it. */
interface Weighed {
  readonly inspection: Inspection;
  readonly rulings: readonly Ruling[];
  readonly carried: CarriedOut;
}

type Told = Pick<Released, "release" | "content"> & ({ readonly value: JsonObject } | { readonly withheld: string });

/** As it is enforced. */
function release({ inspection, rulings, carried }: Weighed): Told {
  const done = releaseOf(rulings);
  if ("withheld" in carried) return { release: done, content: [contentOf(inspection, 0)], ...carried };
  return { release: done, content: [contentOf(inspection, carried.redacted)], value: carried.value };
}

/** As it is let through whole, and what would have been done to it: only what no mode releases is withheld. */
function observedRelease({ inspection, rulings, carried }: Weighed, value: JsonObject): Told {
  const { obligations, ...done } = releaseOf(rulings);
  const content = contentOf(inspection, 0);
  if (done.answer === "deny")
    return { release: { ...done, obligations: [] }, content: [content], withheld: WITHHELD.deny };
  const isOut = "value" in carried;
  const would = isOut ? strictest(rulings.map(meant)) : "deny";
  const masked = isOut && carried.redacted > 0 ? { wouldRedact: carried.redacted } : {};
  const answer = would === "allow" ? "allow" : "log";
  return {
    release: {
      ...done,
      answer,
      ...wouldOf(answer, would),
      obligations: [],
      ...(obligations.length === 0 ? {} : { wouldOblige: obligations }),
      ...(isOut || isRuled(rulings) ? {} : { objection: carried.withheld }),
    },
    content: [{ ...content, ...masked }],
    value: withoutOurMeta(value),
  };
}

/** Whether a rule withholds it, and not the gate. */
function isRuled(rulings: readonly Ruling[]): boolean {
  const answer = strictest(rulings.map(meant));
  return answer === "deny" || answer === "challenge";
}

const WITHHELD = {
  deny: "its release was answered deny",
  challenge: "its release was answered challenge",
} as const;

/** What enforcing makes of it. */
function carriedOut(
  inspector: Inspector,
  { inspection, rulings }: Pick<Weighed, "inspection" | "rulings">,
  value: JsonObject,
): CarriedOut {
  if (!inspection.label.complete) return { withheld: "not all of it could be looked at" };
  const answer = strictest(rulings.map(meant));
  if (answer === "deny" || answer === "challenge") return { withheld: WITHHELD[answer] };
  return carryOut(inspector, { obligations: obligationsOf(rulings), inspection }, value);
}

function obligationsOf(rulings: readonly Ruling[]): readonly Obligation[] {
  return rulings.flatMap(({ decision }) => decision.obligations);
}

/** All of it, and what only shows where two of its texts are put together. */
async function inspectAll(inspector: Inspector, value: JsonObject, source: Label): Promise<Inspection> {
  let all = await inspector.inspect({ json: value }, { source, mayMask: true });
  for (const { texts } of runsOf(value)) {
    const joined = await inspector.inspect({ text: texts.join("") }, { source });
    const starts = startsOf(texts);
    const crossing = joined.detections.filter((hit) => crosses(hit, starts));
    all = { ...all, label: join(all.label, joined.label), detections: [...all.detections, ...crossing] };
  }
  return all;
}

/** For explanations only, never for trust: the tool, and the one thing that it was asked about. */
function sourceName({ server, ...act }: Act & { readonly server: UpstreamServer }): string {
  const { tool, resources } = act;
  if (tool === undefined) return subjectOf(act, server).id;
  const [only, ...more] = resources;
  return only === undefined || more.length > 0 ? tool.tool : `${tool.tool} of ${only.id}`;
}

/** What the upstream's own answers count for, before anything is found in them. */
function sourceLabel({ server }: Moment): Label {
  return { ...UNLABELLED, trust: server.trust };
}

type CarriedOut = { readonly value: JsonObject; readonly redacted: number } | { readonly withheld: string };

interface Obliged {
  readonly obligations: readonly Obligation[];
  readonly inspection: Inspection;
}

/** Each type of decide's registry has its way here; what this gate did not declare never comes. */
function carryOut(inspector: Inspector, { obligations, inspection }: Obliged, value: JsonObject): CarriedOut {
  let current: JsonObject = value;
  let redacted = 0;
  const redactions = obligations.flatMap((one) =>
    one.type === "redact" ? [{ categories: one.categories, style: one.style }] : [],
  );
  if (redactions.length > 0) {
    const masked = maskAll(redactor(inspector, redactions, inspection.looked), value);
    if ("withheld" in masked) return { withheld: `it could not be masked: ${masked.withheld}` };
    ({ value: current, redacted } = masked);
  }
  const bytes = Math.min(...obligations.map((one) => (one.type === "max_bytes" ? one.max : Number.POSITIVE_INFINITY)));
  if (bytes < Number.POSITIVE_INFINITY && Buffer.byteLength(writeJson(current)) > bytes)
    return { withheld: `it is over ${bytes} bytes` };
  return { value: withoutOurMeta(current), redacted };
}

/** First what crosses from one text into the next, then each text, name and number for itself. */
function maskAll(mask: Redactor, value: JsonObject): CarriedOut {
  let sewn = value;
  let redacted = 0;
  for (const run of runsOf(value)) {
    const seams = mask.seams(run.texts, [run.name]);
    if (seams.withheld) return { withheld: seams.why };
    sewn = run.put(sewn, seams.value);
    redacted += sum(seams.counts);
  }
  const masked = mask.json(sewn);
  if (masked.withheld) return { withheld: masked.why };
  if (!isJsonObject(masked.value)) return { withheld: "it left no message" };
  return { value: emptyMaskedBlobs(value, masked.value), redacted: redacted + sum(masked.counts) };
}

function sum(counts: readonly Taken[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

/** `bailiwick/…` in `_meta` is the gate's to say: an upstream's is taken out. */
function withoutOurMeta(body: JsonObject): JsonObject {
  const result = member(body, "result");
  const meta = member(result, "_meta");
  if (!isJsonObject(result) || !isJsonObject(meta)) return body;
  const kept = Object.entries(meta).filter(([name]) => !name.startsWith("bailiwick/"));
  return { ...body, result: { ...result, _meta: jsonObject(kept) } };
}

function releaseOf(rulings: readonly Ruling[]): EntryRelease {
  const would = strictest(rulings.map(meant));
  const decisive = rulings.find((ruling) => meant(ruling) === would)?.decision;
  return {
    answer: strictest(rulings.map(({ decision }) => decision.answer)),
    reason: decisive?.reason ?? "no_permit",
    policies: (decisive?.policies ?? []).map(({ id, effect, tier, digest, file, line }) => ({
      id,
      effect,
      tier,
      digest,
      file,
      line,
    })),
    obligations: [...new Set(obligationsOf(rulings).map((one) => one.type))].toSorted(),
  };
}

export function contentOf({ label, detections }: Inspection, redacted: number): EntryContent {
  const counts = new Map<string, number>();
  for (const { type } of detections) counts.set(type, (counts.get(type) ?? 0) + 1);
  return { direction: "in", label: entryLabel(label), detections: Object.fromEntries(counts), redacted };
}

export function entryLabel({ level, categories, jurisdictions, trust, complete }: Label): EntryLabel {
  return { level, categories: [...categories], jurisdictions: [...jurisdictions], trust, complete };
}
