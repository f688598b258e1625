// SPDX-License-Identifier: Apache-2.0
// Incidents and their clocks as rows.
import type { IncidentClock, IncidentView } from "../sdk/index.ts";
import { shortIdentity } from "./entry-row.ts";
import type { Style } from "./io.ts";
import type { Row } from "./table.ts";

/** Name, state, worst, since when, what. */
export function incidentCells({ name, state, severity, times, title, exercise }: IncidentView): Row {
  const since = times.find(({ time }) => time === "detectedAt")?.at ?? "";
  return [name, state, severity, since, exercise ? `EXERCISE ${title}` : title];
}

export function incidentRows(view: IncidentView): readonly Row[] {
  const { name, state, severity, title, identities, findings, actions, times, v } = view;
  return [
    ["incident", `${name}, version ${v}, ${state}`],
    ["what", view.exercise ? `EXERCISE ${title}` : title],
    ["severity", severity],
    ...identities.map((identity): Row => ["identity", shortIdentity(identity)]),
    ...times.map(
      ({ time, at, by }): Row => [time, `${at}, said by ${by === "system" ? "the system" : shortIdentity(by)}`],
    ),
    ["findings", findings.length === 0 ? "none" : findings.join(" ")],
    ["orders", actions.length === 0 ? "none" : actions.join(" ")],
  ];
}

const STYLES: Readonly<Record<string, Style>> = {
  late: "red",
  "strict-passed": "red",
  running: "yellow",
  shadow: "yellow",
};

/** Duty, stage, state, how binding, remaining to the strict reading, both readings, why. */
export function clockCells(clock: IncidentClock, now: number): Row {
  const { duty, stage, state, kind, strict, latest, why } = clock;
  const style = STYLES[state];
  return [
    duty,
    stage,
    style === undefined ? { text: state } : { text: state, style },
    kind,
    strict === null ? "-" : remaining(Date.parse(strict) - now),
    strict ?? "-",
    latest ?? "-",
    why,
  ];
}

/** `71 h 59 min`, or how long it is over. */
function remaining(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  const days = Math.floor(minutes / (24 * 60));
  const hours = Math.floor(minutes / 60);
  const text = days >= 4 ? `${days} d ${hours % 24} h` : `${hours} h ${minutes % 60} min`;
  return ms < 0 ? `over by ${text}` : text;
}
