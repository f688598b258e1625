// SPDX-License-Identifier: Apache-2.0
// Everything that names somebody or something of this house in an incident and its findings: what may stand nowhere in what
// leaves (share S17).
import type { Finding, IncidentFacts } from "../../core/index.ts";
import { incidentName } from "../../core/index.ts";

/** Shorter ones, and small numbers, stand in every text by chance. */
const LEAST_UNITS = 3;
/** Pieces of an id that every id of its kind has, so they name nobody. */
const KINDS: ReadonlySet<string> = new Set(["spiffe:", "human", "agent", "model", "workload", "service"]);

/** @returns each once: ids whole, and the names that they are made of */
export function identifiersOf(incident: IncidentFacts, findings: readonly Finding[]): readonly string[] {
  const times = Object.values(incident.times);
  const whole = [
    incident.id,
    incidentName(incident),
    ...incident.identities,
    ...incident.sponsors,
    ...incident.actions,
    ...incident.findings,
    ...incident.destinations.map(({ operator }) => operator),
    ...times.flatMap(({ by, source }) => [...(by === "system" ? [] : [by]), ...source]),
    ...findings.flatMap(ofFinding),
  ];
  const parts = whole.flatMap((id) => id.split(/[/\\]/)).filter((part) => !KINDS.has(part));
  return [...new Set([...whole, ...parts])].filter((id) => id.length >= LEAST_UNITS && !/^[0-9]{1,5}$/.test(id));
}

function ofFinding({ id, subject, scopes, reasons }: Finding): readonly string[] {
  return [
    id,
    subject.id,
    ...scopes.map((scope) => scope.id),
    ...reasons.flatMap(({ entries, params }) => [
      ...entries,
      ...Object.values(params).filter((value) => typeof value === "string"),
    ]),
  ];
}
