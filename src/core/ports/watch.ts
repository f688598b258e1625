// SPDX-License-Identifier: Apache-2.0
import type { Mac } from "../detection.ts";
import type { EntryDraft } from "../entry/entry.ts";
import type { Finding, FindingDraft } from "../finding.ts";
import type { DecoyId, Digest, EntryId, Ref, ServerId } from "../ids.ts";
import type { JsonObject } from "../json.ts";

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

/** A tool that is not what was accepted. */
export interface ToolDrift {
  readonly tool: string;
  readonly change: "changed" | "appeared";
  readonly before?: Digest;
  readonly after: Digest;
  /** What it said when it was accepted, where that is known. */
  readonly was?: JsonObject;
  readonly is: JsonObject;
}

/** What a tool says of itself, as far as a client acts on it (enforce E15). */
export interface ToolDefinition {
  readonly digest: Digest;
  readonly said: JsonObject;
}

/** A tool as it was accepted, and as it was seen last where that is something else. */
export interface PinnedTool {
  readonly tool: string;
  readonly pinned: Partial<ToolDefinition>;
  readonly now?: ToolDefinition;
}

/** What a server says beside its tools and is pinned like them: its words to the model, its prompts, its resource templates. */
export const BESIDE = ["instructions", "prompt", "template"] as const;
export type Beside = (typeof BESIDE)[number];

/** Where things are pinned: tools under their server's id, the rest under a name that no server can have. */
export type PinShelf = ServerId | `${string}:${Beside}`;

export function shelfOf(server: ServerId, beside: Beside): PinShelf {
  return `${server}:${beside}`;
}

/** What servers say of themselves, as it was first seen. Synchronous, from memory, never throws. */
export interface ToolPins {
  /**
   * Compares what a server lists now with what is pinned; what is seen first is pinned. Each drift is told once.
   * @param isEnd - no more of the list is to come
   */
  see(shelf: PinShelf, things: ReadonlyMap<string, ToolDefinition>, isEnd: boolean): readonly ToolDrift[];
  /** What a tool said of itself when it was accepted; `undefined` where it was never seen. */
  definition(shelf: PinShelf, thing: string): JsonObject | undefined;
  /** In the order of their names. */
  list(shelf: PinShelf): readonly PinnedTool[];
}

export interface Findings {
  /** Numbers, weighs and writes what another room knows, and hands it on in the same tick. */
  raise(draft: FindingDraft): Finding;
}

/** Acts on findings; called in the tick in which they are made. */
export interface FindingSink {
  on(finding: Finding): void;
}
