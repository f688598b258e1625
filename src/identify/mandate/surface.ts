// SPDX-License-Identifier: Apache-2.0
// Mandates and the steps under them, as the rest of the house sees them.
import type { IdentityId, Json, Mandate, MandateId, StepId } from "../../core/index.ts";
import type { Act, Outcome } from "../registry-rules.ts";
import type { Step } from "./mandate-rows.ts";
import type { MandateDesk, MandateInput } from "./mandates.ts";
import type { StepDesk, StepOutcome } from "./steps.ts";

export interface Mandates {
  /** Resolves once the mandate and its entry are durable. */
  open(input: MandateInput, act: Act): Promise<Outcome<Mandate>>;
  /** Takes rights away in place; tokens under the old terms are refused from the call on. */
  narrow(id: MandateId, grant: Json, act: Act): Promise<Outcome<Mandate>>;
  /** Ends it and everything under its task, from the call on. A rejected promise means: ended, but not on disk yet. */
  close(id: MandateId, act: Act): Promise<Outcome<Mandate>>;
  /** Its state is judged now. */
  get(id: MandateId): Mandate | undefined;
  /** Those that are open, and those that ended since they were last tidied away. */
  list(): readonly Mandate[];
  openFor(holder: IdentityId): readonly Mandate[];
  /** Ends a step and its whole subtree, from the call on. Who may do that is for the caller to judge. */
  closeStep(id: StepId, outcome: StepOutcome, act: Act): Promise<Outcome<Step>>;
}

export function mandatesOf(mandates: MandateDesk, steps: StepDesk): Mandates {
  return {
    open: (input, act) => mandates.open(input, act),
    narrow: (id, grant, act) => mandates.narrow(id, grant, act),
    close: (id, act) => mandates.close(id, act),
    get: (id) => mandates.get(id),
    list: () => mandates.list(),
    openFor: (holder) => mandates.openFor(holder),
    closeStep: (id, outcome, act) => steps.close(id, outcome, act),
  };
}
