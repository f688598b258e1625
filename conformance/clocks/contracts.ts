// SPDX-License-Identifier: Apache-2.0
// Contract clocks of a scenario: the same engine, kind contract (prove J69).
import type { Instant } from "../../src/core/index.ts";
import { clockOf, type DutyClock } from "../../src/prove/clocks/clock.ts";
import type { Place } from "../../src/prove/clocks/ending.ts";
import type { Recorded } from "../../src/prove/clocks/events.ts";
import type { Shelf } from "../../src/prove/clocks/shelf.ts";
import type { Due } from "../../src/prove/regimes/row.ts";
import type { ContractWritten, DueWritten } from "./written.ts";

/** The clock's stage where a contract names none. */
export const CONTRACT_STAGE = "notice";

/** @throws ProveError PROVE_CLOCK_INVALID where a calendar or reckoning is unknown */
export function contractClock(contract: ContractWritten, recorded: Recorded, shelf: Shelf, now: Instant): DutyClock {
  return clockOf({
    duty: { id: contract.id, citation: `contract ${contract.id}`, confidence: "high", verified: "primary_text" },
    stage: { stage: contract.stage ?? CONTRACT_STAGE, to: contract.to ?? "", due: dueOf(contract.due) },
    places: [placeOf(contract, shelf)],
    reckoning: shelf.reckoning(contract.reckoning ?? "plain"),
    recorded,
    reviewed: true,
    now,
    hasRole: () => undefined,
    judged: () => ({ verdict: "applies", standing: "in_force" }),
    clockOfStage: () => undefined,
    contract: true,
  });
}

/** Without a calendar every day but the weekend is open; the zone is the calendar's where only that is named. */
function placeOf({ zone, calendar }: ContractWritten, shelf: Shelf): Place {
  if (calendar !== undefined) {
    const place = shelf.place(calendar);
    return { zone: zone ?? place.zone, calendar: place.calendar };
  }
  const open = { closed: new Map(), doubtful: new Map() };
  const where = zone ?? "UTC";
  return { zone: where, calendar: { key: "none", zone: where, weekend: new Set([5, 6]), holidays: () => open } };
}

function dueOf(due: DueWritten): Due {
  const contested = due.contested?.map(({ why = "", ...rest }) => ({ ...rest, why }));
  const { standard, day_count } = due;
  if (due.op !== undefined) return { op: due.op, terms: due.terms ?? [], contested, standard, day_count };
  const { duration = null, from, from_stage, which, of } = due;
  return { duration, from, from_stage, which, of, contested, standard, day_count };
}
