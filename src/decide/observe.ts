// SPDX-License-Identifier: Apache-2.0
// What observing makes of an answer (D26): what would be stopped is let through, on the record, with what it would have been.
// What no bundle can permit is refused all the same, and so is a question that could not be judged.
import type { Answer, ReasonCode } from "../core/index.ts";
import type { Outcome } from "./answer.ts";

const BINDING: ReadonlySet<ReasonCode> = new Set([
  "identity_unknown",
  "identity_not_active",
  "identity_expired",
  "policy_unavailable",
  "unknown_action",
  "unknown_type",
  "input_context",
  "input_entity",
  "input_limits",
]);

/** The same outcome as it is let through; duties and challenges stay, as what there would have been. */
export function observed(outcome: Outcome): Outcome & { readonly would?: Answer } {
  const { answer, reason } = outcome;
  if (answer === "allow" || answer === "log" || BINDING.has(reason)) return outcome;
  return { ...outcome, answer: "log", would: answer };
}
