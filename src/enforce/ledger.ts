// SPDX-License-Identifier: Apache-2.0
// What the gate writes down and how it says no: one place, so that no refusal leaves without its line in the record.
import {
  type EntryDraft,
  type EntryId,
  type EntryOutcome,
  parseEntryId,
  type Receipt,
  type Reference,
  type Refusal,
  referenceOf,
  type Standing,
} from "../core/index.ts";
import { judgedEntry, refusedEntry, type Subject } from "./entries.ts";
import { Names } from "./names.ts";
import type { CallReading, Effected, GatePorts, Passage, RefusedAttempt } from "./passage.ts";
import { Strangers } from "./strangers.ts";
import type { UpstreamServer } from "./upstream-server.ts";
import type { Found } from "./weigh.ts";

export type No = Pick<Refusal, "code" | "why">;

/** A proven caller's subject. */
export type Known = Subject & { readonly standing: Standing };

interface Attempted {
  readonly server: UpstreamServer;
  readonly method: string;
  readonly name?: string;
}

type LedgerPorts = Pick<GatePorts, "recorder" | "clock" | "random" | "log" | "inspector">;

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
    return {
      ...who,
      id: this.newId(),
      point: this.point,
      seq: this.seq,
      server: id,
      destination,
      method: attempt.method,
      ...(attempt.name === undefined ? {} : { name: attempt.name }),
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
  async append(draft: EntryDraft, id?: EntryId): Promise<Receipt | undefined> {
    try {
      return await this.ports.recorder.append(this.names.draft(draft), id === undefined ? {} : { id });
    } catch (cause) {
      this.fault("ENFORCE_NOT_RECORDED", cause);
      return undefined;
    }
  }

  note(draft: EntryDraft, id?: EntryId): void {
    this.ports.recorder.note(this.names.draft(draft), id === undefined ? {} : { id });
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
  deny({ subject, reading }: Denied, found: Found & { readonly refusal: No }): Passage {
    const { refusal } = found;
    const judged = judgedEntry("attempt", subject, reading, { ...found, uses: [] });
    const byPolicy = refusal.code === "policy_denied";
    // where something else than a rule said no, the entry says what; the answer is a deny all the same
    this.note(byPolicy ? judged : { ...judged, ...settledAs(refusal) }, subject.id);
    return this.no(subject, refusal);
  }

  /** The entry could not be written, so nothing is released; the attempt is noted under an id of its own. */
  unrecorded(subject: Subject): Passage {
    return this.stop({ ...subject, id: this.newId() }, UNRECORDED);
  }

  no(subject: Subject, refusal: No): Passage {
    const reference = referenceOf(subject.id);
    return { passed: false, reference, refusal: { by: "gate", ...refusal, ref: reference } };
  }

  refuse(attempt: RefusedAttempt): Reference {
    const { standing } = attempt;
    const subject = this.subject(attempt, standing === undefined ? {} : { standing });
    if (standing !== undefined || this.strangers.mayWrite())
      this.note(refusedEntry(subject, attempt.refusal), subject.id);
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
function settledAs({ code, why }: No): { readonly answer: "challenge" | "deny"; readonly refusal: string } {
  return { answer: code === "approval_pending" ? "challenge" : "deny", refusal: `${code}: ${why}` };
}

/** An outcome of something that was not done. */
export function nothing(result: EntryOutcome["result"]): EntryOutcome {
  return { result, bytesIn: 0, bytesOut: 0, ms: 0, objects: [] };
}
