// SPDX-License-Identifier: Apache-2.0
// What the record says of an incident: every version whole, so that nobody has to believe a table.
import {
  type EventDraft,
  type IdentityId,
  type IncidentFacts,
  incidentName,
  jsonObject,
  parseJson,
} from "../../core/index.ts";

export type IncidentEvent = "incident.opened" | "incident.changed" | "incident.closed";

/** @param by who opened, changed or closed it */
export function incidentEntry(
  name: IncidentEvent,
  facts: IncidentFacts,
  by: IdentityId | "system",
  because: string,
): EventDraft {
  const data = jsonObject([
    ["incident", incidentName(facts)],
    ["v", facts.v],
    ["because", because],
    ["facts", parseJson(JSON.stringify(facts))],
  ]);
  return {
    type: "event",
    name,
    subject: { type: "Incident", id: facts.id },
    ...(by === "system" ? {} : { by }),
    data,
  };
}
