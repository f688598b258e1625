// SPDX-License-Identifier: Apache-2.0
// What looking at data found, and which looks were taken. A detection never holds the value itself.
import type { Brand } from "./ids.ts";
import type { Jurisdiction } from "./label.ts";

/** HMAC-SHA-256 of a value under the key of purpose `value`, cut to 16 bytes, base64url: 22 characters. */
export type Mac = Brand<string, "Mac">;

/** An encoding that was undone to find something. */
export const LAYERS = ["unicode", "percent", "entity", "escape", "base64"] as const;
export type Layer = (typeof LAYERS)[number];

export const EVIDENCE_KINDS = ["checksum", "context", "key", "pattern"] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** Something found in data: where, what, and by what right that is said. */
export interface Detection {
  /** A row of `policies/labels.yaml`, such as `iban`. */
  readonly type: string;
  /** UNIT: UTF-16 units of the text, or of the written number or member name. The end is exclusive. */
  readonly start: number;
  readonly end: number;
  /** JSON pointer (RFC 6901) of the leaf, or of the member whose name holds it; absent for plain text. */
  readonly path?: string;
  /** In the name of a member, not in its value. */
  readonly inName?: true;
  /** Encodings around it, outermost first. */
  readonly layers: readonly Layer[];
  /** 0 to 1. */
  readonly score: number;
  readonly detector: string;
  readonly evidence: readonly EvidenceKind[];
  readonly valueMac: Mac;
  /** Whose law follows a value of this kind. */
  readonly jurisdiction?: Jurisdiction;
}

/** `ran` is said of all of the data, or not at all (protect P3). */
export type CheckState = "ran" | "skipped" | "failed" | "truncated";

/** Every check that was due, by name, and how many bytes it looked at. */
export type Coverage = Readonly<Record<string, { readonly state: CheckState; readonly bytes: number }>>;
