// SPDX-License-Identifier: Apache-2.0
// What a detector is: a name, what a text must have for it to be worth a look, and the look itself.
import type { EvidenceKind, Jurisdiction } from "../../core/index.ts";
import type { Surroundings } from "./surroundings.ts";

/** One text to look at: plain, or what an encoding hid. */
export interface Look {
  readonly text: string;
  readonly around: Surroundings;
}

/** UNIT: UTF-16 units of {@link Look.text}. */
export interface Found {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
  readonly evidence: readonly EvidenceKind[];
  /** The value in one form however it was written; it becomes a MAC and goes no further. */
  readonly value: string;
  readonly jurisdiction?: Jurisdiction;
}

export interface Detector {
  readonly name: string;
  /** Bits of `triggers.ts`: without one of them nothing can be found. */
  readonly needs: number;
  /** What it finds holds a row of digits (`digit-rows.ts`): it is shown only what stands around those. */
  readonly nearDigits?: true;
  /** May throw: coverage then says `failed`. */
  find(look: Look): readonly Found[];
}

/** Below this nothing is reported (protect `detect.minScore`). */
export const MIN_SCORE = 0.5;
