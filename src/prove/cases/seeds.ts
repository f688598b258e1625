// SPDX-License-Identifier: Apache-2.0
// What an incident proposes to its case (prove J23), by a table that people can read: `regulations/seeds.yaml`.
import { z } from "zod";
import { INCIDENT_TIMES, type IncidentFacts, type IncidentTime } from "../../core/index.ts";
import type { ClockEvent } from "../clocks/events.ts";
import { ProveError } from "../errors.ts";
import type { Regimes } from "../regimes/load.ts";
import { parseYaml } from "../yaml-file.ts";

export interface Seeds {
  /** Group of places whose states can be the home state of an authority. */
  readonly home_states: string;
  readonly facts: readonly { readonly category: string; readonly fact: string; readonly value: boolean }[];
  readonly events: readonly {
    readonly time: IncidentTime;
    readonly event: string;
    readonly by: "person" | "anybody";
  }[];
}

const file = z.strictObject({
  schema: z.literal("bailiwick-seeds/1"),
  home_states: z.string(),
  facts: z.array(
    z.strictObject({ category: z.string(), fact: z.string(), value: z.boolean(), because: z.string().min(1) }),
  ),
  events: z.array(
    z.strictObject({ time: z.enum(INCIDENT_TIMES), event: z.string(), by: z.enum(["person", "anybody"]) }),
  ),
});

const CODE = "PROVE_REGULATIONS_INVALID";

/** @throws ProveError PROVE_REGULATIONS_INVALID */
export function readSeeds(path: string, text: string, { vocabulary, events }: Regimes): Seeds {
  const seeds = parseYaml({ path, text, code: CODE }, file);
  const strange = [
    ...seeds.facts.flatMap(({ fact }) =>
      vocabulary.facts.get(fact)?.type === "bool" ? [] : [`yes-or-no fact ${fact}`],
    ),
    ...(vocabulary.places.has(seeds.home_states) ? [] : [`group of places ${seeds.home_states}`]),
    ...seeds.events.flatMap(({ event }) => (events.has(event) ? [] : [`clock event ${event}`])),
  ];
  if (strange.length === 0) return seeds;
  throw new ProveError(CODE, `reading ${path}: the rules have no ${strange.join(", no ")}`);
}

/** Facts that the incident proposes; whatever a person says stands over them. */
export function seededFacts({ facts }: Seeds, incident: IncidentFacts): Readonly<Record<string, boolean>> {
  const seen = facts.filter(({ category }) => incident.categories.includes(category));
  return Object.fromEntries(seen.map(({ fact, value }) => [fact, value]));
}

/** Times of the incident that are clock events by themselves. */
export function seededEvents({ events }: Seeds, { times }: IncidentFacts): readonly ClockEvent[] {
  return events.flatMap(({ time, event, by }) => {
    const told = times[time];
    if (told === undefined || (by === "person" && told.by === "system")) return [];
    return [{ event, at: told.at, precision: "exact" } as const];
  });
}
