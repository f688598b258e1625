// SPDX-License-Identifier: Apache-2.0
// What the gate writes down and how it says no: one place, so that no refusal leaves without its line in the record.
import {
  type Decision,
  type DecisionDraft,
  type EntryDecoy,
  type EntryDraft,
  type EntryId,
  type EntryOutcome,
  type EntryRef,
  parseEntryId,
  type Receipt,
  type Reference,
  type Refusal,
  referenceOf,
  type Slice,
  type Standing,
} from "../core/index.ts";
import { decoysShown } from "./decoys.ts";
import { domainOf, judgedEntry, refusedEntry, type Subject } from "./entries.ts";
import type { Judged } from "./judge.ts";
import { Names } from "./names.ts";
import { inEarnest } from "./observe.ts";
import type { CallReading, Effected, GatePorts, Passage, RefusedAttempt, Waiting } from "./passage.ts";
import { Strangers } from "./strangers.ts";
import type { UpstreamServer } from "./upstream-server.ts";
import type { Found } from "./weigh.ts";

export type No = Pick<Refusal, "code" | "why" | "order"> & { readonly waiting?: Waiting };

/** A proven caller's subject. */
export type Known = Subject & { readonly standing: Standing };

interface Attempted {
  readonly server: UpstreamServer;
  readonly method: string;
  readonly name?: string;
}

type LedgerPorts = Pick<
  GatePorts,
  "recorder" | "slices" | "decider" | "modes" | "clock" | "random" | "log" | "inspector" | "watch" | "decoys"
>;

export class Ledger {
  private readonly ports: LedgerPorts;
  private readonly point: Subject["point"];
  private readonly strangers: Strangers;
  private readonly names: Names;
  private seq = 0;

  constructor(ports: LedgerPorts, point: Subject["point"]) {
    this.ports = ports;
    this.point = point;
    this.names = new Names(ports.inspector);
    this.strangers = new Strangers(ports.clock, ports.recorder);
  }

  subject<T extends { readonly standing?: Standing }>(attempt: Attempted, who: T): Subject & T {
    this.seq += 1;
    const { id, destination } = attempt.server;
    const { standing } = who;
    return {
      ...who,
      id: this.newId(),
      point: this.point,
      seq: this.seq,
      server: id,
      destination,
      method: attempt.method,
      // one mode from here to its end, whatever is changed meanwhile; nobody observes a stranger
      mode: standing === undefined ? "enforce" : this.ports.modes.of(id, standing),
      ...(attempt.name === undefined ? {} : { name: attempt.name }),
      ...(standing === undefined ? {} : { domain: this.ports.recorder.domain(standing) }),
    };
  }

  newId(): EntryId {
    return parseEntryId(this.ports.random.id());
  }

  /** True where the record takes nothing more now: then nothing may begin. */
  isFull(): boolean {
    return this.ports.recorder.room().entries === 0;
  }

  /** @returns nothing where it could not be written: whoever asked must not go on */
  async append(draft: EntryDraft, id?: EntryId, slice?: Slice): Promise<Receipt | undefined> {
    try {
      const named = this.names.draft(draft);
      this.show(named, id);
      if (slice !== undefined && id !== undefined)
        this.ports.slices.put(id, slice.text, "domain" in draft ? draft.domain : undefined);
      return await this.ports.recorder.append(named, id === undefined ? {} : { id });
    } catch (cause) {
      this.fault("ENFORCE_NOT_RECORDED", cause);
      return undefined;
    }
  }

  /** An outcome, with what its release rests on. */
  outcome(subject: Subject, of: EntryRef, { outcome, rulings = [] }: Effected): Promise<Receipt | undefined> {
    const { release } = outcome;
    const about = { type: "outcome", of, ...domainOf(subject) } as const;
    if (release === undefined || rulings.length === 0) return this.append({ ...about, ...outcome });
    const slice = this.ports.decider.slice([{ name: "release", decisions: rulings }]);
    const sliced = { ...outcome, release: { ...release, input: slice.digest } };
    return this.append({ ...about, ...sliced }, this.newId(), slice);
  }

  /** What the answers on a call rest on; on what came back too, where that stands in the same entry. */
  slice({ all }: Judged, rulings: readonly Decision[] = []): Slice {
    const call = { name: "call", decisions: all.map(({ decision }) => decision) } as const;
    return this.ports.decider.slice(rulings.length === 0 ? [call] : [call, { name: "release", decisions: rulings }]);
  }

  note(draft: EntryDraft, id?: EntryId): void {
    const named = this.names.draft(draft);
    this.ports.recorder.note(named, id === undefined ? {} : { id });
    this.show(named, id);
  }

  /** What may be a sign is looked at in the tick in which it is written: whoever acts on it is not behind. */
  show(draft: EntryDraft, id: EntryId | undefined): void {
    if (id !== undefined && isSign(draft)) this.ports.watch.see(id, draft);
  }

  fault(code: string, cause: unknown): void {
    this.ports.log.fault(code, { why: cause instanceof Error ? cause.message : "unknown" });
  }

  pass(subject: Subject, { value }: Effected): Passage {
    if ("withheld" in value) return this.no(subject, { code: "result_withheld", why: value.withheld });
    return { passed: true, value, reference: referenceOf(subject.id) };
  }

  /** No, before there was anything to judge. */
  stop(subject: Subject, refusal: No): Passage {
    this.note(refusedEntry(subject, refusal), subject.id);
    return this.no(subject, refusal);
  }

  /** No, to a call that was judged. */
  deny(
    { subject, reading }: Denied,
    found: Found & { readonly refusal: No; readonly decoys?: readonly EntryDecoy[] },
  ): Passage {
    const { refusal, decoys } = found;
    const met = decoys === undefined ? {} : { decoys };
    const slice = this.slice(found.judged);
    this.ports.slices.put(subject.id, slice.text, subject.domain);
    const judged = judgedEntry("attempt", subject, reading, {
      ...found,
      judged: inEarnest(found.judged),
      uses: [],
      input: slice.digest,
    });
    const byPolicy = refusal.code === "policy_denied";
    // where something else than a rule said no, the entry says what; the answer is a deny all the same
    this.note(byPolicy ? judged : { ...judged, ...settledAs(refusal), ...met }, subject.id);
    return this.no(subject, refusal);
  }

  /** The entry could not be written, so nothing is released; the attempt is noted under an id of its own. */
  unrecorded(subject: Subject): Passage {
    return this.stop({ ...subject, id: this.newId() }, UNRECORDED);
  }

  no(subject: Subject, { waiting, ...refusal }: No): Passage {
    const reference = referenceOf(subject.id);
    const no = { passed: false, reference, refusal: { by: "gate", ...refusal, ref: reference } } as const;
    return waiting === undefined ? no : { ...no, waiting };
  }

  refuse(attempt: RefusedAttempt): Reference {
    const { standing, refusal, credential } = attempt;
    const subject = this.subject(attempt, standing === undefined ? {} : { standing });
    const decoys = standing === undefined ? decoysShown(this.ports, credential) : [];
    const draft = { ...refusedEntry(subject, refusal), ...(decoys.length === 0 ? {} : { decoys }) };
    // a credential whose signature held is nobody's guess: it has its line, however many strangers there are
    const isKnown = standing !== undefined || refusal.claimed !== undefined;
    if (isKnown || this.strangers.mayWrite()) this.note(draft, subject.id);
    else this.show(draft, subject.id);
    return referenceOf(subject.id);
  }

  /** Writes down what is still only counted. */
  flush(): void {
    this.strangers.flush();
  }
}

interface Denied {
  readonly subject: Known;
  readonly reading: CallReading;
}

const UNRECORDED = { code: "record_unavailable", why: "the record could not take the entry" } as const;

/** A question that still waits stays a challenge in the record; any other refusal is a deny. */
function settledAs({ code, why, order }: No): Pick<DecisionDraft, "answer" | "refusal" | "order"> {
  const answer = code === "approval_pending" ? "challenge" : "deny";
  return { answer, refusal: `${code}: ${why}`, ...(order === undefined ? {} : { order }) };
}

/** Whether there is anything in a line that `watch` could learn from. */
function isSign(draft: EntryDraft): boolean {
  if (draft.type === "event") return draft.name === "pin.drifted";
  if (draft.type !== "decision") return false;
  const { decoys, order, claimed, outcome } = draft;
  return decoys !== undefined || order !== undefined || claimed !== undefined || outcome?.decoys !== undefined;
}

/** An outcome of something that was not done. */
export function nothing(result: EntryOutcome["result"]): EntryOutcome {
  return { result, bytesIn: 0, bytesOut: 0, ms: 0, objects: [] };
}
