// SPDX-License-Identifier: Apache-2.0
// The last stage before a checkpoint is told to the world (record L22, L29): witnesses say that they saw no other history
// of this log. Where too few of them do, the checkpoint before stays what the world is told, and entries go on.
import type { Bytes, Clock } from "../../core/index.ts";
import type { Hash } from "../tree/hash.ts";
import type { Head } from "./head.ts";

/** RFC 6962 consistency proof from an older size to the head that is to be cosigned. */
export type Growth = (from: number) => Promise<readonly Bytes[]>;

export interface Cosigned {
  /** The note with every cosignature that verified. */
  readonly note: string;
  /** Is the policy's quorum met? */
  readonly isMet: boolean;
}

/** Asks witnesses. Never rejects: a witness that cannot be asked has not cosigned. */
export interface Cosigner {
  /** The witnesses, groups and quorum, as lines of a tlog-policy file. */
  readonly lines: string;
  /** @param head - with the log's own signatures, and nobody's else */
  cosign(head: Head, growth: Growth): Promise<Cosigned>;
  /**
   * Checkpoints that this log's own keys signed, as witnesses keep them. What is larger than our own is something that
   * we signed and no longer have (record L24).
   * @param vkeys - of the log
   */
  heads(vkeys: readonly string[]): Promise<readonly WitnessedHead[]>;
}

export interface WitnessedHead {
  /** Who keeps it. */
  readonly witness: string;
  readonly size: number;
  readonly root: Hash;
}

export interface QuorumSettings {
  /** What happens once the quorum is missed for longer than `maxLagMs`. */
  readonly publish: "quorum" | "always";
  readonly maxLagMs: number;
}

/** How far the world is behind for want of witnesses. */
export interface QuorumState {
  /** `unwitnessed`: the newest checkpoint was published without a quorum. */
  readonly state: "none" | "met" | "missed" | "unwitnessed";
  /** UNIT: ms. For how long the quorum is missed. */
  readonly lagMs: number;
}

export class Quorum {
  private readonly cosigner: Cosigner | undefined;
  private readonly settings: QuorumSettings;
  private readonly clock: Pick<Clock, "monotonic">;
  private missedSince: number | undefined;
  private isUnwitnessed = false;

  constructor(cosigner: Cosigner | undefined, settings: QuorumSettings, clock: Pick<Clock, "monotonic">) {
    this.cosigner = cosigner;
    this.settings = settings;
    this.clock = clock;
  }

  get state(): QuorumState {
    if (this.cosigner === undefined) return { state: "none", lagMs: 0 };
    const lagMs = this.missedSince === undefined ? 0 : Math.round(this.clock.monotonic() - this.missedSince);
    return { state: this.isUnwitnessed ? "unwitnessed" : this.missedSince === undefined ? "met" : "missed", lagMs };
  }

  /** The note that may be published; nothing where the one before must stay. */
  async pass(head: Head, growth: Growth): Promise<string | undefined> {
    if (this.cosigner === undefined) return head.note;
    const asked = this.clock.monotonic();
    const { note, isMet } = await this.cosigner.cosign(head, growth);
    if (isMet) {
      this.missedSince = undefined;
      this.isUnwitnessed = false;
      return note;
    }
    this.missedSince ??= asked;
    if (this.settings.publish === "quorum" || this.state.lagMs < this.settings.maxLagMs) return undefined;
    this.isUnwitnessed = true;
    return note;
  }
}
