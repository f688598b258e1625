// SPDX-License-Identifier: Apache-2.0
// Openings (record L7): what lets somebody else check one commitment of one entry. The salt of one field of one task says
// nothing of any other; who has it, the entry and the content can make the commitment again with an HMAC. Of content the
// record keeps none: whoever still has it puts it in.
import {
  type Commitment,
  formatEntryRef,
  type Json,
  member,
  parseCommitment,
  type RecordedEntry,
} from "../../core/index.ts";
import { type Commitments, commitmentOf } from "../commitment.ts";
import { RecordError } from "../errors.ts";
import type { Domains } from "./domains.ts";

/** What an entry commits to: the arguments as they would be forwarded, and what came back. */
export const OPENED_FIELDS = ["args", "result"] as const;
export type OpenedField = (typeof OPENED_FIELDS)[number];

export interface Opening {
  /** `<origin>#<index>:<leaf>`. */
  readonly ref: string;
  readonly field: OpenedField;
  readonly commitment: Commitment;
  /** 32 bytes, base64url; absent where its key was destroyed: then nobody opens it any more. */
  readonly salt?: string;
  /** UTF-8 text; absent where nobody gave it. */
  readonly content?: string;
}

export interface OpeningPorts {
  readonly domains: Domains;
  readonly commitments: Commitments;
}

/**
 * @param found - a decision, or an outcome
 * @param intent - of an outcome: its task is written there
 * @param contents - to be checked and put in
 * @throws RecordError RECORD_OPENING_REFUSED where a content is not what was committed to
 */
export function openingsOf(
  { domains, commitments }: OpeningPorts,
  { ref, entry }: RecordedEntry,
  intent: RecordedEntry | undefined,
  contents: Readonly<Partial<Record<OpenedField, string>>>,
): readonly Opening[] {
  const task = textOf(member(member((intent ?? { entry }).entry, "mandate"), "task"));
  const domain = domains.get(textOf(member(entry, "domain")) ?? "");
  return OPENED_FIELDS.flatMap((field): readonly Opening[] => {
    const commitment = commitmentIn(entry, field);
    const content = contents[field];
    if (commitment === undefined) {
      if (content !== undefined) throw refused(field, "the entry commits to no such thing");
      return [];
    }
    const about = { ref: formatEntryRef(ref), field, commitment };
    if (domain === undefined || task === undefined) {
      if (content !== undefined) throw refused(field, "the key that it is under is destroyed");
      return [about];
    }
    const salt = commitments.salt(domain, task, field);
    if (content !== undefined && commitmentOf(salt, field, Buffer.from(content)) !== commitment)
      throw refused(field, "it is not what was committed to");
    const opened = { ...about, salt: salt.export().toString("base64url") };
    return [content === undefined ? opened : { ...opened, content }];
  });
}

function commitmentIn(entry: Json, field: OpenedField): Commitment | undefined {
  const outcome = member(entry, "type") === "outcome" ? entry : member(entry, "outcome");
  const text = textOf(field === "args" ? member(member(entry, "digests"), "args") : member(outcome, "digest"));
  return text === undefined ? undefined : parseCommitment(text);
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function refused(field: string, why: string): RecordError {
  return new RecordError("RECORD_OPENING_REFUSED", `opening ${field}: ${why}`);
}
