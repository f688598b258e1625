// SPDX-License-Identifier: Apache-2.0
// Our severity extension (share S11, S42): a property extension whose id is frozen.
import type { IncidentFacts, JsonObject, Severity } from "../../core/index.ts";

export const SEVERITY_EXTENSION = "extension-definition--12b99833-f6d2-4bbb-a0a5-a024f57b2840";

/** SOURCE: share S42, after FIRE and NCISS: 0 nil, 1 negligible, 2 low, 3 medium, 4 high, 5 extreme. */
const LEVELS: Readonly<Record<Severity, number>> = { info: 1, low: 2, medium: 3, high: 4, critical: 5 };

/** Words of CAP 1.2, only where the facts say them. */
export function severity(facts: IncidentFacts, certain: boolean): JsonObject {
  return {
    extension_type: "property-extension",
    level: LEVELS[facts.severity],
    urgency: facts.ongoing === null ? "unknown" : facts.ongoing ? "immediate" : "past",
    certainty: certain ? "observed" : "unknown",
    exercise: facts.exercise,
  };
}
