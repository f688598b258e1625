// SPDX-License-Identifier: Apache-2.0
// Whether a row, or a stage of it, is law on a day (prove J7).
import type { Duty, LocalDay, Stage } from "../regimes/row.ts";
import type { Standing } from "./verdict.ts";

/**
 * Standing on a local day in the row's zone: that of the event that starts the clock. A stage with days of its own is judged
 * by them.
 */
export function standingOf(duty: Duty, on: LocalDay, stage: Days = {}): Standing {
  const { status, commencement } = duty;
  if (status === "voluntary" || status === "no_duty" || status === "superseded") return status;
  const from = stage.in_force_from ?? duty.in_force_from;
  const inForce = status === "in_force" || status === "in_force_via_transposition";
  // what is not law yet starts by itself only on a day that the law has set
  if (!inForce && (commencement !== "fixed" || from === null)) return "watch";
  if (from !== null && on < from) return "watch";
  if (isPast(on, stage.in_force_until ?? duty.in_force_until)) return "expired";
  return inForce ? "in_force" : "commenced";
}

type Days = Pick<Stage, "in_force_from" | "in_force_until">;

function isPast(on: LocalDay, until: LocalDay | undefined): boolean {
  return until !== undefined && on > until;
}
