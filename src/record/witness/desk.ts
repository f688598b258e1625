// SPDX-License-Identifier: Apache-2.0
// The witness that runs here (C2SP tlog-witness v1.0.0, record L30, L31): it cosigns the checkpoints of logs that it knows,
// each after the one before and never two of one size. Whoever signed two roots for one size lied to somebody: both notes
// are kept, and that log gets no cosignature until two people say that it may.
import { hash } from "node:crypto";
import { type Bytes, type Clock, type IdentityId, type Instant, instant } from "../../core/index.ts";
import type { NoteKey } from "../index.ts";
import {
  type Checkpoint,
  parseCheckpoint,
  signersOf,
  type VerifierKey,
  VerifyError,
  verifyConsistency,
} from "../verify/index.ts";
import { type AddCheckpoint, parseAddCheckpoint } from "./message.ts";
import { Pace } from "./pace.ts";
import type { ForkRow, Rows, StateRow } from "./rows.ts";

/** UNIT: bytes. Largest body. */
export const BODY_MAX_BYTES: number = 128 * 1024;
/** Signature lines that are looked at; the specification asks for 16. */
const SIGNATURES_MAX = 32;
/** UNIT: seconds. A clock that runs back further than this is no clock to sign with. */
const CLOCK_BACK_MAX_S = 300;
/** The hash of no bytes: the root of a tree without entries. */
const EMPTY_ROOT = hash("sha256", "", "base64");

export interface WitnessReply {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 429 | 503;
  readonly type: "text/plain; charset=utf-8" | "text/x.tlog.size";
  readonly body: string;
  /** UNIT: seconds. */
  readonly retryAfterS?: number;
}

/** A log that signed two roots for one size. */
export interface Fork {
  readonly id: string;
  readonly origin: string;
  readonly size: number;
  /** Both as the log signed them. */
  readonly notes: readonly [string, string];
  readonly found: Instant;
  readonly clearedBy: readonly string[];
  readonly isOpen: boolean;
}

export interface DeskPorts {
  readonly rows: Rows;
  readonly clock: Clock;
  /** The keys that cosign: ML-DSA-44 where the runtime has it, and Ed25519. */
  readonly keys: readonly NoteKey[];
  /** The logs of others, by origin. */
  readonly logs: ReadonlyMap<string, readonly VerifierKey[]>;
  /** Told once of each lie, once both notes are kept. */
  readonly onFork: (fork: Fork) => void;
}

/** A request whose checkpoint a key of its log signed. */
interface Signed extends AddCheckpoint {
  readonly head: Checkpoint;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** The text, and the lines of the log's known keys. */
  readonly note: string;
}

export class Desk {
  private readonly ports: DeskPorts;
  private readonly pace: Pace;

  constructor(ports: DeskPorts) {
    this.ports = ports;
    this.pace = new Pace(ports.clock);
  }

  get vkeys(): readonly string[] {
    return this.ports.keys.map(({ vkey }) => vkey);
  }

  get origins(): readonly string[] {
    return [...this.ports.logs.keys()];
  }

  /** `POST add-checkpoint`. @throws StoreError */
  async add(body: Bytes): Promise<WitnessReply> {
    const asked = this.read(body);
    if ("status" in asked) return asked;
    const { head, size, root } = asked;
    if (asked.old > head.size) return no(400, "the old size is over the checkpoint's");
    const seen = await this.ports.rows.seen(head.origin, size);
    if (seen !== undefined && seen.root !== root) {
      await this.forked(asked, seen.note);
      return no(422, "another root than this log signed for this size before");
    }
    if (await this.ports.rows.isForked(head.origin)) {
      return no(403, "this log signed two roots for one size: people must say that it may go on");
    }
    const waitS = this.pace.take(head.origin);
    if (waitS > 0) return { ...no(429, "once a second is enough"), retryAfterS: waitS };
    return this.judge(asked, await this.ports.rows.state(head.origin));
  }

  /** The newest checkpoint that was cosigned, by the SHA-256 of its origin in hex; nothing where there is none. */
  async checkpoint(originHash: string): Promise<string | undefined> {
    const origin = this.origins.find((one) => hash("sha256", one) === originHash);
    return origin === undefined ? undefined : (await this.ports.rows.state(origin))?.note;
  }

  async logs(): Promise<
    readonly { readonly origin: string; readonly size: number; readonly at: Instant | undefined }[]
  > {
    const states = new Map((await this.ports.rows.states()).map((row) => [row.origin, row]));
    return this.origins.map((origin) => {
      const row = states.get(origin);
      return { origin, size: row?.size ?? 0, at: row === undefined ? undefined : instant(row.at * 1000) };
    });
  }

  /** Newest first. */
  async forks(): Promise<readonly Fork[]> {
    return (await this.ports.rows.forks()).map(forkOf);
  }

  /**
   * One of two people says that a log may be cosigned again.
   * @returns nothing where there is no such lie that waits for this person
   */
  clear(id: string, by: IdentityId): Promise<"one" | "two" | undefined> {
    return this.ports.rows.clear(id, by);
  }

  /** What is asked, where a key of the log signed it. */
  private read(body: Bytes): Signed | WitnessReply {
    if (body.length > BODY_MAX_BYTES) return no(400, `over ${BODY_MAX_BYTES} bytes`);
    try {
      const request = parseAddCheckpoint(body);
      const head = parseCheckpoint(request.checkpoint);
      if (head.note.signatures.length > SIGNATURES_MAX) return no(400, `more than ${SIGNATURES_MAX} signatures`);
      if (head.size > BigInt(Number.MAX_SAFE_INTEGER)) return no(400, "a size that this witness does not count to");
      const keys = this.ports.logs.get(head.origin);
      if (keys === undefined) return no(404, "this witness does not know the log");
      return signedBy(keys, request, head);
    } catch (cause) {
      if (cause instanceof VerifyError) return no(400, cause.message);
      throw cause;
    }
  }

  /** The rules of tlog-witness, in its order. */
  private async judge(asked: Signed, before: StateRow | undefined): Promise<WitnessReply> {
    const { head, old, proof, root } = asked;
    const latest = before?.size ?? 0;
    if (old !== BigInt(latest)) return sizeIs(latest);
    if (head.size === 0n && root !== EMPTY_ROOT) return no(422, "no entries, and not the root of none");
    if (old === 0n && proof.length > 0) return no(422, "from nothing there is nothing to prove");
    if (before !== undefined && old > 0n && !growsFrom(before, asked)) {
      return no(422, "the proof does not lead from what was cosigned to this");
    }
    return this.cosign(asked, before);
  }

  private async cosign(asked: Signed, before: StateRow | undefined): Promise<WitnessReply> {
    const { rows, clock, keys } = this.ports;
    const { origin } = asked.head;
    const nowS = Math.floor(clock.now() / 1000);
    if (before !== undefined && nowS < before.at - CLOCK_BACK_MAX_S)
      return no(503, "the clock of this witness ran back");
    // INVARIANT: of two cosignatures of one log the later never says an earlier time
    const at = Math.max(nowS, before?.at ?? 0);
    const signed = { origin, size: asked.size, root: Buffer.from(asked.head.root).toString("latin1") };
    const lines = keys.map((key) => key.line(signed, instant(at * 1000))).join("");
    const { size, root, note } = asked;
    const isOurs = await rows.take(
      before,
      { origin, size, root, at, note: `${note}${lines}` },
      { origin, size, root, note },
    );
    if (!isOurs) return sizeIs((await rows.state(origin))?.size ?? 0);
    return { status: 200, type: "text/plain; charset=utf-8", body: lines };
  }

  private async forked(asked: Signed, other: string): Promise<void> {
    const { head, size, root, note } = asked;
    const id = hash("sha256", `${head.origin}\n${size}\n${root}`).slice(0, 16);
    const found = this.ports.clock.now();
    const fork: ForkRow = {
      id,
      origin: head.origin,
      size,
      first: other,
      second: note,
      found,
      cleared_by: null,
      cleared_again: null,
    };
    if (await this.ports.rows.addFork(fork)) this.ports.onFork(forkOf(fork));
  }
}

/** Only lines of known keys are kept. A line of theirs that is wrong makes the note malformed (signed-note). */
function signedBy(keys: readonly VerifierKey[], request: AddCheckpoint, head: Checkpoint): Signed | WitnessReply {
  let signers: ReturnType<typeof signersOf>;
  try {
    signers = signersOf(head.note, keys);
  } catch (cause) {
    if (cause instanceof VerifyError) return no(403, cause.message);
    throw cause;
  }
  if (signers.length === 0) return no(403, "no key of this log signed the checkpoint");
  const known = new Set(signers.map(({ key }) => `${key.name} ${key.id}`));
  const lines = head.note.signatures
    .filter(({ name, id }) => known.has(`${name} ${id}`))
    .map(
      ({ name, id, signature }) =>
        `— ${name} ${Buffer.concat([Buffer.from(id, "hex"), signature]).toString("base64")}\n`,
    );
  const root = Buffer.from(head.root).toString("base64");
  return { ...request, head, size: Number(head.size), root, note: `${head.note.text}\n${lines.join("")}` };
}

function growsFrom(before: StateRow, { head, proof }: Signed): boolean {
  return verifyConsistency({
    oldSize: BigInt(before.size),
    newSize: head.size,
    oldRoot: Buffer.from(before.root, "base64"),
    newRoot: head.root,
    path: proof,
  });
}

function forkOf(row: ForkRow): Fork {
  const clearedBy = [row.cleared_by, row.cleared_again].filter((by) => by !== null);
  return {
    id: row.id,
    origin: row.origin,
    size: row.size,
    notes: [row.first, row.second],
    found: instant(row.found),
    clearedBy,
    isOpen: clearedBy.length < 2,
  };
}

function no(status: Exclude<WitnessReply["status"], 200 | 409>, why: string): WitnessReply {
  return { status, type: "text/plain; charset=utf-8", body: `${why}\n` };
}

function sizeIs(size: number): WitnessReply {
  return { status: 409, type: "text/x.tlog.size", body: `${size}\n` };
}
