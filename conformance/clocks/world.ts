// SPDX-License-Identifier: Apache-2.0
// The rows, calendars and reckonings of a folder of regulations, as scenarios are run against them.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Instant } from "../../src/core/index.ts";
import { judgeDuty } from "../../src/prove/case/judge.ts";
import { loadShelf } from "../../src/prove/clocks/shelf.ts";
import { loadRegimes } from "../../src/prove/regimes/load.ts";
import { localDay } from "../../src/prove/regimes/local-day.ts";
import type { Bench } from "./run.ts";

/** States whose authority can be that of a home state: a group of places.yaml. */
const HOME_STATES = "EEA";

const words = z.object({ content_fields: z.record(z.string(), z.unknown()) });

/** @throws ProveError PROVE_REGULATIONS_INVALID, PROVE_FILE_UNREADABLE, PROVE_CLOCK_INVALID */
export async function openBench(dir: string, now: Instant): Promise<Bench> {
  const regimes = await loadRegimes(dir);
  const shelf = await loadShelf(dir, regimes.calendars.values());
  const homeStates = [...(regimes.vocabulary.places.get(HOME_STATES) ?? [])];
  return {
    regimes,
    reportFields: new Set(
      Object.keys(words.parse(parse(readFileSync(path.join(dir, "facts.yaml"), "utf8"))).content_fields),
    ),
    now,
    world: { shelf, homeStates, judge: (row, state, on) => judgeDuty(row, state, localDay.parse(on)) },
  };
}
