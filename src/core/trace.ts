// SPDX-License-Identifier: Apache-2.0
// Where the values of a call came from, and whether they may decide what they decide.
import type { EntryRef } from "./ids.ts";
import type { OriginRef } from "./label.ts";
import type { Role } from "./manifest.ts";
import type { Trust } from "./trust.ts";

/** One place where a value was seen. */
export interface Occurrence {
  readonly origin: OriginRef;
  readonly tier: Trust;
  /** JSON pointer, with `#L<line>` from 1 inside a text of several lines. */
  readonly path?: string;
  readonly entry?: EntryRef;
}

/** Why a person should be asked. */
export const TRACE_ASKS = ["untrusted-origin", "found-nowhere", "lookalike", "too-many-values"] as const;
export type TraceAsk = (typeof TRACE_ASKS)[number];

/** One value among the arguments of a call, without the value. */
export interface Trace {
  /** JSON pointer into the arguments. */
  readonly path: string;
  readonly role: Role;
  readonly trust: Trust;
  /** `exact`: seen as it is; `derived`: follows from what was seen by a rule that keeps trust; `none`: the model's own. */
  readonly match: "exact" | "derived" | "none";
  /** What a directory's answer was asked by. */
  readonly keyed: "user" | "own" | "chain" | null;
  readonly source?: Occurrence;
  /** A trusted value that this one resembles without being it. */
  readonly lookalike?: Occurrence;
  readonly contract: "met" | "broken";
  readonly ask?: TraceAsk;
}
