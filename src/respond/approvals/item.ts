// SPDX-License-Identifier: Apache-2.0
// What may be asked of people: a question that could not be answered rightly is not asked at all.
import { canonicalize, type DeskItem, type DeskRefusal, instant } from "../../core/index.ts";
import { bindingOf } from "./binding.ts";

/** UNIT: bytes. Of the binding: it stands in the entry of the decision, beside the signatures. */
const BINDING_MAX_BYTES: number = 24 * 1024;
/** More signatures would not fit into that entry. */
const APPROVERS_MAX = 8;
/** UNIT: characters. Text shown to an approver. */
const DISPLAY_MAX_CHARS: number = 64 * 1024;
const ASKS_MAX = 256;

/** Why the desk does not take this question; `undefined` where it does. */
export function unfit(item: DeskItem): DeskRefusal | undefined {
  const { challenge, binds, display = "", asks } = item;
  const { approvers, uses, ttlMs = 1 } = challenge;
  const count = approvers?.count ?? 1;
  if (challenge.kind !== "approval") return "challenge_unsupported";
  const isCounted = [count, uses, ttlMs].every((n) => Number.isSafeInteger(n) && n >= 1) && count <= APPROVERS_MAX;
  if (!isCounted || challenge.binds.some((name) => !Object.hasOwn(binds, name))) return "challenge_malformed";
  const binding = canonicalize(bindingOf(item, { nonce: "", expires: instant(0) }));
  const isLarge = display.length > DISPLAY_MAX_CHARS || asks.length > ASKS_MAX || binding.length > BINDING_MAX_BYTES;
  return isLarge ? "approval_too_large" : undefined;
}
