// SPDX-License-Identifier: Apache-2.0
import type { Mac } from "../detection.ts";
import type { EntryDraft } from "../entry/entry.ts";
import type { Finding, FindingDraft } from "../finding.ts";
import type { DecoyId, EntryId, Ref } from "../ids.ts";

/** What lies where nobody has any business with it (watch W28). */
export const DECOY_KINDS = ["credential", "value"] as const;
export type DecoyKind = (typeof DECOY_KINDS)[number];

export interface DecoyFound {
  readonly id: DecoyId;
  /** Where it was planted; found anywhere else it is a copy that somebody made. */
  readonly place: Ref;
}

/** Which values are planted: by keyed digest only, nobody here holds the values. Synchronous, from memory, never throws. */
export interface Decoys {
  /** False while nothing is planted, so that nobody looks in vain. */
  readonly any: boolean;
  find(mac: Mac): DecoyFound | undefined;
}

/** Is told what the gate writes, in the same tick: an entry is judged as it is made, and the same way when it is read back. */
export interface EntryWatch {
  /** Never throws and never waits. */
  see(id: EntryId, draft: EntryDraft): readonly Finding[];
}

export interface Findings {
  /** Numbers, weighs and writes what another room knows, and hands it on in the same tick. */
  raise(draft: FindingDraft): Finding;
}

/** Acts on findings; called in the tick in which they are made. */
export interface FindingSink {
  on(finding: Finding): void;
}
