// SPDX-License-Identifier: Apache-2.0
// The clock of one stage of one duty: limits, kind, state and derivation, from what is recorded and nothing else.
import type { Instant } from "../../core/index.ts";
import type { Standing, Verdict } from "../case/verdict.ts";
import type { Duty, EventId, Stage } from "../regimes/row.ts";
import { dayAt, formatDay } from "./days.ts";
import { type Computed, computeDue, type DueInput } from "./due.ts";
import type { Place } from "./ending.ts";
import { anchorOf, filings, type Recorded, SUBMISSION, waitsFor } from "./events.ts";
import { type ClockKind, kindOf, startsClocks } from "./kind.ts";
import { inTime, type Limits, type Reading, type Step } from "./reading.ts";
import type { Reckoning } from "./reckoning.ts";
import { stagesOf, termsOf } from "./terms.ts";

export type ClockState =
  | "none"
  | "released"
  | "waiting"
  | "running"
  | "strict-passed"
  | "late"
  | "met"
  | "met-after-strict"
  | "shadow";

/** What the judge says of the stage, for its starting event: the weaker of the duty's verdict and the stage's own. */
export interface Judged {
  readonly verdict: Verdict;
  readonly standing: Standing;
  /** An exemption is known to be true. */
  readonly released?: boolean | undefined;
}

export interface DutyClock {
  readonly duty: string;
  readonly stage: string;
  readonly kind: ClockKind;
  readonly state: ClockState;
  /** Alarms and the order of lists use this. */
  readonly strict?: Reading | undefined;
  /** Late begins after this. Withheld where holidays are not known. */
  readonly latest?: Reading | undefined;
  readonly readings: readonly Reading[];
  readonly waitingFor: readonly EventId[];
  /** Events of terms and contested starts that are not recorded and could make it earlier. */
  readonly missing: readonly EventId[];
  /** What would have to be known for a later reading. */
  readonly asks: readonly string[];
  /** Strict reading if the filing that it waits for is made when it is due. */
  readonly projected?: Instant | undefined;
  readonly derivation: readonly Step[];
}

/** What a clock is computed from. The case holds every event; nothing is read from anywhere else. */
export interface ClockInput {
  readonly duty: Pick<Duty, "id" | "citation" | "confidence" | "verified">;
  readonly stage: Stage;
  /** Zone and calendar of the authority; several, as long as the home state is unknown. */
  readonly places: readonly Place[];
  readonly reckoning: Reckoning;
  readonly recorded: Recorded;
  readonly reviewed: boolean;
  readonly now?: Instant | undefined;
  readonly hasRole: (role: string) => boolean | undefined;
  /** @param on day of the starting event in the zone of the row; absent while it is not recorded */
  readonly judged: (on: string | undefined) => Judged;
  /** The clock of another stage of the same duty, for a projection. */
  readonly clockOfStage: (stage: string) => DutyClock | undefined;
  /** ISO 8601 duration that the organisation set itself, for a stage of which the law has no number. */
  readonly target?: string | undefined;
  /** A contract's clock is its own kind. */
  readonly contract?: boolean | undefined;
}

/**
 * The clock of one stage (prove J37 to J48). Pure: equal input gives equal output.
 * @throws ProveError PROVE_CLOCK_INVALID for a due that cannot be counted
 */
export function clockOf(input: ClockInput): DutyClock {
  const { duty, stage, recorded } = input;
  const terms = termsOf(stage.due, duty.id, recorded, input.target);
  const due: DueInput = {
    duty: duty.id,
    stage: stage.stage,
    terms,
    contested: stage.due.contested ?? [],
    reckoning: input.reckoning,
    recorded,
    hasRole: input.hasRole,
  };
  const computed = computeDue(due, input.places);
  const judged = input.judged(startDay(computed, input));
  const { kind, why } = kindOf(duty, stage, judged.standing, { reviewed: input.reviewed, origin: terms.origin });
  const base = {
    duty: duty.id,
    stage: stage.stage,
    kind: input.contract === true ? "contract" : kind,
    readings: computed.readings,
    missing: computed.missing,
    asks: computed.asks,
    waitingFor: [],
  } as const;
  const silent = noClock(stage, judged, terms.terms.length);
  if (silent !== undefined) {
    const missing = silent.asks ? startOfSilent(stage, input) : [];
    const derivation: readonly Step[] = [{ step: "rule", says: silent.why, cite: duty.citation }];
    return { ...base, readings: [], missing, asks: [], state: silent.state ?? "none", derivation };
  }
  const rule: readonly Step[] = [
    { step: "rule", says: `${duty.citation}: ${stage.stage}`, cite: duty.citation },
    ...(why === undefined ? [] : [{ step: "rule" as const, says: `${kind}, since ${why}` }]),
  ];
  if (computed.limits === undefined) return waiting(base, input, due, rule);
  const limits = capped(computed.limits, input);
  const steps = [...rule, ...computed.steps, ...limits.steps];
  return { ...base, ...limits.limits, state: stateOf(limits.limits, judged.verdict, input), derivation: steps };
}

/** Why there is no clock, and whether its start is asked all the same (prove J7, J31, J46, J47). */
interface Silent {
  readonly why: string;
  readonly asks: boolean;
  readonly state?: "released";
}

function noClock(stage: Stage, { verdict, standing, released }: Judged, terms: number): Silent | undefined {
  if (verdict === "not" && released === true)
    return { why: "an exemption releases it", asks: false, state: "released" };
  if (verdict === "not") return { why: "the stage does not apply", asks: false };
  if (!startsClocks(standing)) return { why: `the row is ${standing}: it starts no clock`, asks: false };
  if (stage.binds === "authority") {
    return { why: "the stage binds an authority, not the one who reports", asks: false };
  }
  if (terms > 0) return undefined;
  return { why: `no number in the law: ${stage.due.standard ?? "no standard either"}`, asks: true };
}

/** A standard such as "without undue delay" has a start as well, though no end that could be counted. */
function startOfSilent({ due }: Stage, { duty, recorded }: ClockInput): readonly EventId[] {
  if (due.op !== undefined || due.from === undefined) return [];
  const start = { event: due.from, stages: stagesOf(due.from_stage) };
  return anchorOf(start, duty.id, recorded) === undefined ? [due.from] : [];
}

/** The day on which the row has to be in force: that of the event that starts the clock. */
function startDay({ anchor }: Computed, { places }: ClockInput): string | undefined {
  const [place] = places;
  if (anchor === undefined || place === undefined) return undefined;
  return formatDay(dayAt(anchor.at, place.zone));
}

type Base = Pick<DutyClock, "duty" | "stage" | "kind" | "readings" | "missing" | "asks" | "waitingFor">;

/** No start is recorded. A contested start that is recorded alarms all the same; the latest reading is open. */
function waiting(base: Base, input: ClockInput, due: DueInput, rule: readonly Step[]): DutyClock {
  const [strict] = base.readings.toSorted((a, b) => a.at - b.at);
  const waitingFor = [...new Set(due.terms.terms.map(({ start }) => waitsFor(start)))];
  const projected = projectedOf(input, due);
  const says = `waiting for ${waitingFor.join(" or ")}`;
  return { ...base, strict, waitingFor, projected, state: "waiting", derivation: [...rule, { step: "event", says }] };
}

/** As if the stages before were filed when they are due. */
function projectedOf(input: ClockInput, due: DueInput): Instant | undefined {
  const stages = due.terms.terms.flatMap(({ start }) => (start.event === SUBMISSION ? (start.stages ?? []) : []));
  for (const stage of stages) {
    const before = input.clockOfStage(stage);
    const at = before?.strict?.at ?? before?.projected;
    if (at === undefined) continue;
    const submissions = [...input.recorded.submissions, { duty: input.duty.id, stage, at }];
    return computeDue({ ...due, recorded: { ...input.recorded, submissions } }, input.places).limits?.strict.at;
  }
  return undefined;
}

/** Once the stage that this one has to come before is filed, it is due no later than that filing (prove J46). */
function capped(limits: Limits, { duty, stage, recorded }: ClockInput): { limits: Limits; steps: readonly Step[] } {
  const other = stage.due.order?.before_stage ?? stage.due.order?.with_stage;
  if (other === undefined) return { limits, steps: [] };
  const [filed] = filings(recorded, duty.id, [other]);
  const [own] = filings(recorded, duty.id, [stage.stage]);
  if (filed === undefined || (own !== undefined && own <= filed)) return { limits, steps: [] };
  const cap: Reading = { at: filed, ends: "at", zone: limits.strict.zone, basis: "order", why: `${other} was filed` };
  const lower = (reading: Reading): Reading => (cap.at < reading.at ? cap : reading);
  const { strict, latest } = limits;
  return {
    limits: { strict: lower(strict), latest: latest === undefined ? cap : lower(latest) },
    steps: [{ step: "limit", says: `${other} was filed first: no later than that`, at: filed }],
  };
}

function stateOf({ strict, latest }: Limits, verdict: Verdict, { now, duty, stage, recorded }: ClockInput): ClockState {
  if (verdict === "needs") return "shadow";
  const [filed] = filings(recorded, duty.id, [stage.stage]);
  const at = filed ?? now;
  if (at === undefined) return "running";
  if (inTime(at, strict)) return filed === undefined ? "running" : "met";
  if (latest === undefined || inTime(at, latest)) return filed === undefined ? "strict-passed" : "met-after-strict";
  return "late";
}
