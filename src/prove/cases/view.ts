// SPDX-License-Identifier: Apache-2.0
// A case as it stands: computed whole, each time, from what was said and what the rows say (prove J50). Equal input gives
// equal output.
import type { IncidentFacts, Instant } from "../../core/index.ts";
import { judgeDuty } from "../case/judge.ts";
import { type Question, questions } from "../case/questions.ts";
import { readCase } from "../case/read-case.ts";
import type { CaseState } from "../case/state.ts";
import type { Standing, Verdict } from "../case/verdict.ts";
import type { DutyClock } from "../clocks/clock.ts";
import { dayAt, formatDay } from "../clocks/days.ts";
import type { ClockEvent, Recorded } from "../clocks/events.ts";
import { type RowClocks, rowClocks, type Violation, type World } from "../clocks/row-clocks.ts";
import type { Shelf } from "../clocks/shelf.ts";
import type { Regimes } from "../regimes/load.ts";
import { localDay } from "../regimes/local-day.ts";
import { type CaseChange, eventsOf, inputOf, submissionsOf } from "./change.ts";
import { doubtsOf } from "./doubts.ts";
import type { EntityProfile } from "./entities.ts";
import { type Seeds, seededEvents, seededFacts } from "./seeds.ts";

/** Rows, calendars, entities and the table of proposals: all that a case is judged with. */
export interface Library {
  readonly regimes: Regimes;
  readonly shelf: Shelf;
  readonly seeds: Seeds;
  readonly entities: readonly EntityProfile[];
}

/** One stage of one duty, as far as it can be due. */
export interface CaseClock {
  readonly entity: string;
  readonly duty: string;
  readonly stage: string;
  /** To whom, in the words of the row. */
  readonly recipient: string;
  readonly citation: string;
  readonly verdict: Verdict;
  readonly standing: Standing;
  readonly clock: DutyClock;
  /** One line: what it waits for, or what it was counted from. */
  readonly why: string;
}

export interface CaseView {
  readonly incident: IncidentFacts;
  /** Of what people said; a change names the version that it was made on. */
  readonly v: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly events: readonly ClockEvent[];
  /** Those that run first, then those that wait, by the earliest instant. */
  readonly clocks: readonly CaseClock[];
  readonly questions: readonly Question[];
  readonly violations: readonly (Violation & { readonly duty: string })[];
  readonly doubts: readonly string[];
}

export function viewOf(library: Library, incident: IncidentFacts, said: readonly CaseChange[], now: Instant): CaseView {
  const { regimes, seeds, entities } = library;
  const own = inputOf(said);
  const facts = { ...seededFacts(seeds, incident), ...own.facts };
  const events = eventsOf(seededEvents(seeds, incident), said);
  const recorded: Recorded = { events, submissions: submissionsOf(said) };
  const each = entities.map(({ id, entity, people }) => {
    // what is said of the incident stands over where its people usually are
    const complete = own.people?.complete ?? people.complete;
    const counted = { complete, by: { ...people.by, ...own.people?.by } };
    const state = readCase({ entity, people: counted, facts }, regimes.vocabulary);
    return { id, state, ...judged(library, { state, recorded, now }) };
  });
  const [first] = each;
  return {
    incident,
    v: said.length,
    facts: { ...facts, ...(Object.keys(own.people?.by ?? {}).length === 0 ? {} : { people: own.people?.by }) },
    events,
    clocks: each.flatMap(({ id, clocks }) => clocks.map((clock) => ({ entity: id, ...clock }))).toSorted(byUrgency),
    questions: uniqueQuestions(each.flatMap((one) => one.questions)),
    violations: each.flatMap(({ violations }) => violations),
    doubts: first === undefined ? [] : doubtsOf(incident, first.state, recorded),
  };
}

interface Asked {
  readonly state: CaseState;
  readonly recorded: Recorded;
  readonly now: Instant;
}

function judged(
  library: Library,
  asked: Asked,
): Pick<CaseView, "questions" | "violations"> & {
  readonly clocks: readonly Omit<CaseClock, "entity">[];
} {
  const { regimes, shelf, seeds } = library;
  const { state, recorded, now } = asked;
  const homeStates = [...(regimes.vocabulary.places.get(seeds.home_states) ?? [])];
  const world: World = { shelf, homeStates, judge: (row, of, on) => judgeDuty(row, of, localDay.parse(on)) };
  const rows = [...regimes.rows.values()].map((row) => ({
    row,
    found: rowClocks(row, { state, recorded, now, reviewed: false }, world),
  }));
  const due = rows.filter(({ found }) => found.verdict !== "not");
  const today = localDay.parse(formatDay(dayAt(now, "UTC")));
  const strict = new Map(due.map(({ found }) => [found.row, earliest(found)]));
  return {
    clocks: due.flatMap(({ row, found }) =>
      found.stages
        .filter(({ verdict, clock }) => verdict !== "not" && clock.state !== "none")
        .map(({ stage, verdict, standing, clock }) => ({
          duty: found.row,
          stage,
          recipient: row.stages.find((one) => one.stage.stage === stage)?.stage.to ?? "",
          citation: row.duty.citation,
          verdict,
          standing,
          clock,
          why: whyOf(clock),
        })),
    ),
    questions: questions(
      due.map(({ row }) => row),
      state,
      regimes.vocabulary,
      { on: () => today, strict: (row) => strict.get(row) },
    ),
    violations: due.flatMap(({ found }) => found.violations.map((one) => ({ ...one, duty: found.row }))),
  };
}

function earliest({ stages }: RowClocks): Instant | undefined {
  return stages.flatMap(({ clock }) => clock.strict?.at ?? clock.projected ?? []).toSorted((a, b) => a - b)[0];
}

function whyOf({ state, waitingFor, derivation, kind }: DutyClock): string {
  const steps = derivation.filter(({ step }) => step === "rule").map(({ says }) => says);
  const [rule = ""] = steps;
  if (state === "waiting") return `${rule}: waits for ${waitingFor.join(" or ")}`;
  const counted = derivation.findLast(({ step }) => step === "count" || step === "reading")?.says;
  return [rule, kind, ...(counted === undefined ? [] : [counted])].join(": ");
}

/** What runs comes before what waits; then the earliest. */
function byUrgency(a: CaseClock, b: CaseClock): number {
  const at = ({ clock }: CaseClock): number => clock.strict?.at ?? clock.projected ?? Number.MAX_SAFE_INTEGER;
  const rank = ({ clock }: CaseClock): number => (clock.state === "waiting" ? 1 : 0);
  return (
    rank(a) - rank(b) || at(a) - at(b) || a.duty.localeCompare(b.duty, "en") || a.stage.localeCompare(b.stage, "en")
  );
}

function uniqueQuestions(all: readonly Question[]): readonly Question[] {
  return [...new Map(all.map((one) => [one.ask, one])).values()];
}
