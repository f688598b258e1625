// SPDX-License-Identifier: Apache-2.0
// The findings: numbered, weighed, written, and handed on in the tick in which they are made. Writing never holds anything
// up: what the disk did not take is written with the next, and a restart reads the record again from where it was known.
import {
  type Clock,
  type EntrySource,
  type EventDraft,
  type Finding,
  type FindingDraft,
  type FindingId,
  type FindingSink,
  instant,
  type Json,
  jsonObject,
  type Log,
  parseJson,
  type Reason,
  type Recorder,
  SEVERITIES,
} from "../core/index.ts";
import { findingId } from "./finding-id.ts";
import { FINDINGS_MAX, type Rows } from "./rows.ts";
import type { Weights } from "./weights.ts";
import { sentence } from "./words.ts";

/** UNIT: ms. More of the same within this time belongs to the same finding (watch W12). */
const SAME_MS = 24 * 3_600_000;
/** Reasons that one finding keeps. */
export const REASONS_MAX = 16;

export interface BookPorts {
  readonly recorder: Recorder;
  readonly entries: EntrySource;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: FindingSink;
}

export class Book {
  private readonly ports: BookPorts;
  private readonly rows: Rows;
  private readonly weights: Weights;
  /** Oldest first. */
  private readonly byId = new Map<FindingId, Finding>();
  /** The open finding of a detector about a subject. */
  private readonly open = new Map<string, FindingId>();
  private unsaved = new Map<FindingId, Finding>();
  private saving: Promise<void> = Promise.resolve();

  constructor(ports: BookPorts, rows: Rows, weights: Weights) {
    this.ports = ports;
    this.rows = rows;
    this.weights = weights;
  }

  /** @throws StoreError, WatchError */
  async load(): Promise<void> {
    for (const finding of await this.rows.findings()) this.keep(finding);
  }

  /** Newest first. */
  list(): readonly Finding[] {
    return [...this.byId.values()].toReversed();
  }

  get(id: FindingId): Finding | undefined {
    return this.byId.get(id);
  }

  raise(draft: FindingDraft): Finding {
    const known = this.sameAs(draft);
    // INVARIANT: one entry counts once, however often it is read
    if (known?.reasons.some(({ entries }) => draft.entries.every((entry) => entries.includes(entry))) === true)
      return known;
    const finding = known === undefined ? this.first(draft) : this.more(known, draft);
    this.keep(finding);
    this.unsaved.set(finding.id, finding);
    this.ports.recorder.note(entryOf(finding));
    this.hand(finding);
    void this.save();
    return finding;
  }

  /** Brings the rows level; the record is known up to its size now. Never rejects. */
  save(): Promise<void> {
    this.saving = this.saving.then(() => this.write());
    return this.saving;
  }

  private async write(): Promise<void> {
    const changed = this.unsaved;
    this.unsaved = new Map();
    try {
      // taken first: what is written after this is looked at again at the next start
      const size = this.ports.entries.size();
      await this.rows.save([...changed.values()], size);
    } catch (cause) {
      for (const [id, finding] of changed) if (!this.unsaved.has(id)) this.unsaved.set(id, finding);
      this.ports.log.fault("WATCH_NOT_SAVED", { why: cause instanceof Error ? cause.message : "unknown" });
    }
  }

  private sameAs(draft: FindingDraft): Finding | undefined {
    const known = this.byId.get(findingId(draft)) ?? this.byId.get(this.open.get(keyOf(draft)) ?? findingId(draft));
    return known !== undefined && draft.at - known.firstAt < SAME_MS ? known : undefined;
  }

  private first(draft: FindingDraft): Finding {
    const { detector, code, subject, scopes, at, synthetic } = draft;
    const severity = this.weights.severity(detector, code);
    return {
      id: findingId(draft),
      v: 1,
      detector,
      code,
      kind: "certain",
      subject,
      scopes,
      severity,
      status: "open",
      firstAt: at,
      lastAt: at,
      detectedAt: this.ports.clock.now(),
      triageBy: instant(at + this.weights.triageMs(severity)),
      reasons: [reasonOf(draft)],
      times: 1,
      tags: this.weights.tags(detector),
      synthetic,
    };
  }

  /** The worst sign names it; what an order could name is of the newest. */
  private more(known: Finding, draft: FindingDraft): Finding {
    const severity = this.weights.severity(draft.detector, draft.code);
    const isWorse = SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(known.severity);
    const triageBy = Math.min(known.triageBy, draft.at + this.weights.triageMs(severity));
    return {
      ...known,
      ...(isWorse ? { severity, code: draft.code, triageBy: instant(triageBy) } : {}),
      scopes: draft.scopes,
      v: known.v + 1,
      lastAt: instant(Math.max(known.lastAt, draft.at)),
      reasons: [...known.reasons, reasonOf(draft)].slice(-REASONS_MAX),
      times: known.times + 1,
    };
  }

  private hand(finding: Finding): void {
    try {
      this.ports.sink.on(finding);
    } catch (cause) {
      // whoever acts on it must not keep the next from being found
      this.ports.log.fault("WATCH_SINK_FAILED", { why: cause instanceof Error ? cause.message : "unknown" });
    }
  }

  private keep(finding: Finding): void {
    this.byId.delete(finding.id);
    this.byId.set(finding.id, finding);
    if (finding.status === "open") this.open.set(keyOf(finding), finding.id);
    const [oldest] = this.byId.values();
    if (this.byId.size <= FINDINGS_MAX || oldest === undefined) return;
    this.byId.delete(oldest.id);
    if (this.open.get(keyOf(oldest)) === oldest.id) this.open.delete(keyOf(oldest));
  }
}

function keyOf({ detector, subject }: Pick<Finding, "detector" | "subject">): string {
  return `${detector} ${subject.type} ${subject.id}`;
}

function reasonOf(draft: FindingDraft): Reason {
  const { code, params, entries } = draft;
  return { code, params, text: sentence(draft), entries };
}

function entryOf(finding: Finding): EventDraft {
  const { id, v, detector, code, severity, status, firstAt, lastAt, triageBy, reasons, times, tags } = finding;
  const reason = reasons.at(-1);
  const data: readonly (readonly [string, Json])[] = [
    ...Object.entries({ finding: id, v, detector, code, severity, status, firstAt, lastAt, triageBy, times }),
    ["reason", reason?.text ?? ""],
    ["params", parseJson(JSON.stringify(reason?.params ?? {}))],
    ["entries", reason?.entries.map(String) ?? []],
    ["tags", parseJson(JSON.stringify(tags))],
    ["synthetic", finding.synthetic],
  ];
  const name = v === 1 ? "finding.raised" : "finding.updated";
  return { type: "event", name, subject: finding.subject, data: jsonObject(data) };
}
