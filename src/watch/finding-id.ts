// SPDX-License-Identifier: Apache-2.0
// The id of a finding follows from what it rests on: raised again after a crash or in a replay it is the same one (W16). The
// first entry is named by its id, which is known before its place in the log is.
import { hash } from "node:crypto";
import { type FindingDraft, type FindingId, formatInstant, parseFindingId } from "../core/index.ts";

/** RFC 4648 section 6. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LENGTH = 26;

export function findingId({ detector, subject, at, entries }: FindingDraft): FindingId {
  const day = formatInstant(at).slice(0, 10);
  const digest = hash("sha256", [detector, subject.id, day, entries[0] ?? ""].join("|"), "buffer");
  let bits = 0n;
  for (const byte of digest) bits = (bits << 8n) | BigInt(byte);
  let text = "";
  for (let i = 0; i < LENGTH; i++) text += ALPHABET.charAt(Number((bits >> BigInt(256 - 5 * (i + 1))) & 31n));
  return parseFindingId(text);
}
