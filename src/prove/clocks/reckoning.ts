// SPDX-License-Identifier: Apache-2.0
// How a law counts: what `regulations/reckonings.yaml` says in figures and the instruments say in sentences.

/** When a last day, or a limit, that is closed moves to the next open day. */
export interface Roll {
  /** `counted`: periods in days, weeks, months. `all`: those in hours as well. */
  readonly periods: "counted" | "all";
  /** Where on the next open day it ends: with the day, or at a time of it such as `12:00`. */
  readonly to: "day_end" | { readonly time: string };
  /** Stages that do not move; with `roles`, only for those who have one of these roles. */
  readonly notFor?: { readonly stages: readonly string[]; readonly roles?: readonly string[] | undefined } | undefined;
}

export interface Reckoning {
  readonly key: string;
  readonly cite?: string | undefined;
  /** `end_of_hour`: the hour of the event is not counted, for the latest reading. */
  readonly hours: "exact" | "end_of_hour";
  readonly days: "exclude_event_day" | "include_event_day";
  readonly roll?: Roll | undefined;
  /** A period of at least `ofDays` days holds at least `count` working days. */
  readonly minWorkingDays?:
    | { readonly count: number; readonly ofDays: number; readonly hours: "contested" }
    | undefined;
  /** A filing counts for its day until this time. */
  readonly dayEnd?: { readonly time: string; readonly zone: string } | undefined;
}

/** Whether a limit rolls for this stage: not, yes, or not because it is unknown who we are. */
export type RollGrant =
  | { readonly granted: true }
  | { readonly granted: false; readonly why: string; readonly asks: readonly string[] };

/** @param hasRole what is known of a role of the obliged */
export function rollGrant(roll: Roll, stage: string, hasRole: (role: string) => boolean | undefined): RollGrant {
  const { notFor } = roll;
  if (notFor === undefined || !notFor.stages.includes(stage)) return { granted: true };
  if (notFor.roles === undefined) return { granted: false, why: "this stage does not move", asks: [] };
  const held = notFor.roles.find((role) => hasRole(role) === true);
  if (held !== undefined) return { granted: false, why: `not for ${held}`, asks: [] };
  const open = notFor.roles.filter((role) => hasRole(role) === undefined);
  if (open.length === 0) return { granted: true };
  return {
    granted: false,
    why: "not granted before it is known who we are",
    asks: open.map((role) => `role(${role})`),
  };
}
