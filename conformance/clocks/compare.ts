// SPDX-License-Identifier: Apache-2.0
// What a scenario asserts against what the engine says. Nothing is compared that is not asserted.
import { formatInstant, instant } from "../../src/core/index.ts";
import type { DutyClock } from "../../src/prove/clocks/clock.ts";
import type { Effective, Moved } from "../../src/prove/clocks/moves.ts";
import type { RowClocks, StageClock } from "../../src/prove/clocks/row-clocks.ts";
import type { LimitsWanted, StageWanted, Wanted } from "./written.ts";

/** One duty as it came out: of a contract, its only stage has any name that the scenario gives it. */
export interface Outcome extends Pick<RowClocks, "verdict" | "standing" | "asks" | "violations"> {
  readonly stages: readonly (StageClock & { readonly moved: Moved })[];
  readonly contract: boolean;
  /** What each place or group of places stands for. */
  readonly places: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Difference {
  readonly text: string;
  /** The clock whose derivation explains it. */
  readonly clock?: DutyClock | undefined;
}

interface Tally {
  assertions: number;
  readonly differences: Difference[];
}

/** @param revised the expectation is that of a revision: a latest reading that is not written is not asserted */
export function compare(
  wanted: Wanted,
  got: Outcome,
  revised: boolean,
): { assertions: number; differences: readonly Difference[] } {
  const tally: Tally = { assertions: 0, differences: [] };
  const check = (holds: boolean, text: string, clock?: DutyClock): void => {
    tally.assertions += 1;
    if (!holds) tally.differences.push({ text, clock });
  };
  compareVerdict(wanted, got, check);
  for (const ask of wanted.ask ?? []) {
    check(isAsked(ask, got.asks, got.places), `ask: ${ask} is not asked; asked: ${list(got.asks)}`);
  }
  const missing = [...new Set(got.stages.flatMap(({ clock }) => [...clock.missing, ...clock.waitingFor]))];
  for (const event of wanted.missing_events ?? []) {
    check(missing.includes(event), `missing_events: ${event} is not asked for; asked for: ${list(missing)}`);
  }
  compareOrder(wanted, got, check);
  for (const [name, stage] of Object.entries(wanted.stages ?? {})) {
    const found = got.contract ? got.stages[0] : got.stages.find((each) => each.stage === name);
    if (found !== undefined) compareStage(stage, found, { name, wanted, got, revised, check });
  }
  compareKind(wanted, got, check);
  compareMoves(wanted, got, check);
  return tally;
}

type Check = (holds: boolean, text: string, clock?: DutyClock) => void;

function compareVerdict(wanted: Wanted, got: Outcome, check: Check): void {
  if (wanted.verdict !== undefined) {
    check(
      got.verdict === wanted.verdict,
      `verdict: ${got.verdict} instead of ${wanted.verdict}; open: ${list(got.asks)}`,
    );
  }
  // a standing that is not written is in_force, for a duty that is said to hold
  const standing =
    wanted.standing ?? (wanted.verdict === "applies" || wanted.verdict === "needs" ? "in_force" : undefined);
  // the format has no word of its own for a row that another has replaced
  const same = got.standing === standing || (standing === "expired" && got.standing === "superseded");
  if (standing !== undefined) check(same, `standing: ${got.standing} instead of ${standing}`);
}

function compareOrder({ order_violation: wanted }: Wanted, got: Outcome, check: Check): void {
  if (wanted === undefined) return;
  const said = got.violations.map(({ stage, needsFirst }) => `${stage} needs ${needsFirst} first`);
  if (wanted === null || wanted === "none") {
    check(said.length === 0, `order_violation: ${list(said)} instead of none`);
    return;
  }
  const sentence = `${wanted.stage} needs ${wanted.needs_first} first`;
  check(said.includes(sentence), `order_violation: ${list(said)} instead of ${sentence}`);
}

/** The kind of the asserted clocks, but for those that say their own; where none is asserted, of one at least. */
function compareKind({ kind, stages }: Wanted, got: Outcome, check: Check): void {
  if (kind === undefined) return;
  const asserted = Object.entries(stages ?? {}).filter(
    ([, one]) => typeof one === "object" && !("kind" in one && one.kind !== undefined),
  );
  const clocks = got.stages.filter(({ clock, stage }) => {
    const named = stages === undefined || got.contract || asserted.some(([name]) => name === stage);
    return named && clock.state !== "none";
  });
  const kinds = clocks.map(({ clock }) => clock.kind);
  const holds = stages === undefined ? kinds.includes(kind) : kinds.every((one) => one === kind);
  check(holds, `kind: ${list(kinds)} instead of ${kind}`, clocks.find(({ clock }) => clock.kind !== kind)?.clock);
}

interface StageContext {
  readonly name: string;
  readonly wanted: Wanted;
  readonly got: Outcome;
  readonly revised: boolean;
  readonly check: Check;
}

function compareStage(stage: StageWanted, got: StageClock & { moved: Moved }, context: StageContext): void {
  const { name, check } = context;
  const { clock } = got;
  if (stage === "not") {
    check(got.verdict === "not", `${name}: ${got.verdict} instead of not`, clock);
    return;
  }
  if (typeof stage === "object" && "needs" in stage) {
    check(got.verdict === "needs", `${name}: ${got.verdict} instead of needs`, clock);
    for (const ask of stage.needs) {
      check(
        isAsked(ask, [...got.asks, ...context.got.asks], context.got.places),
        `${name}: needs ${ask}, which is not asked; asked: ${list(got.asks)}`,
      );
    }
    if (stage.if_so !== undefined) compareOpen(stage.if_so, got, context);
    return;
  }
  // of a duty that is open as a whole, a stage without a condition of its own has its shadow clock
  // what is gone stays due until a person says so
  if (got.moved.move === "gone" && typeof stage === "object") {
    compareOpen(stage, got, context);
    return;
  }
  const open = got.verdict === "needs" && !(context.wanted.verdict === "needs" && context.got.verdict === "needs");
  check(
    got.verdict !== "not" && !open,
    `${name}: ${got.verdict}, and what is asserted holds only if it applies; open: ${list(got.asks)}`,
    clock,
  );
  compareOpen(stage, got, context);
}

function compareOpen(stage: StageWanted, got: StageClock & { moved: Moved }, context: StageContext): void {
  const { name, check } = context;
  const { clock } = got;
  if (stage === "none") {
    // what an authority only expects stands beside a law without a number
    const expected = clock.derivation.some(({ says }) => says.startsWith("guidance, since the law has no number"));
    check(clock.state === "none" || expected, `${name}: ${spoken(clock)} instead of none`, clock);
    return;
  }
  if (typeof stage !== "object" || "needs" in stage) return;
  if ("waiting" in stage) {
    const events = typeof stage.waiting === "string" ? [stage.waiting] : stage.waiting;
    const holds = clock.state === "waiting" && events.every((event) => clock.waitingFor.includes(event));
    check(holds, `${name}: ${spoken(clock)} instead of waiting for ${list(events)}`, clock);
    return;
  }
  compareLimits(stage, got, context);
}

function compareLimits(
  wanted: LimitsWanted,
  { clock, moved }: StageClock & { moved: Moved },
  context: StageContext,
): void {
  const { name, check, revised } = context;
  const side = (
    label: string,
    want: number | undefined,
    effective: Effective | undefined,
    which: "strict" | "latest",
  ): void => {
    if (want === undefined) return;
    const got = effective?.[which]?.at;
    check(got === want, `${name}: ${label} ${when(got)} instead of ${when(want)}`, clock);
  };
  side("strict", wanted.strict, moved.effective, "strict");
  side("latest", wanted.latest ?? (revised ? undefined : wanted.strict), moved.effective, "latest");
  side("proposed_strict", wanted.proposed_strict, moved.proposed, "strict");
  side("proposed_latest", wanted.proposed_latest, moved.proposed, "latest");
  if (wanted.kind !== undefined)
    check(clock.kind === wanted.kind, `${name}: kind ${clock.kind} instead of ${wanted.kind}`, clock);
}

/** Of the asserted stages, or of all; a clock that only started has not moved. */
function compareMoves(wanted: Wanted, got: Outcome, check: Check): void {
  const named = Object.keys(wanted.stages ?? {});
  const asserted =
    got.contract || named.length === 0 ? got.stages : got.stages.filter(({ stage }) => named.includes(stage));
  const moves = asserted.map(({ moved }) => moved.move);
  if (wanted.moved !== undefined) {
    const moving = moves.filter((move) => move !== "none" && move !== "started");
    const started = wanted.moved === "earlier" && moves.includes("started");
    const holds = wanted.moved === "none" ? moving.length === 0 : moving.includes(wanted.moved) || started;
    check(holds, `moved: ${list(moves)} instead of ${wanted.moved}`, asserted[0]?.clock);
  }
  if (wanted.acknowledged !== undefined) {
    const proposed = asserted.some(({ moved }) => moved.proposed !== undefined);
    const needed = wanted.acknowledged === "needed";
    check(proposed === needed, `acknowledged: ${proposed ? "needed" : "not_needed"} instead of ${wanted.acknowledged}`);
  }
}

/** What a person calls a question that the data has another name for. */
const SAME: Readonly<Record<string, string>> = { subjects: "data.subjects_count" };
const OF_PLACE = /^(people|est|serves)\((.+)\)$/;

/** However it is spaced, a role by its name or as `role(name)`; to ask for a group is to ask for a place in it. */
function isAsked(wanted: string, asked: readonly string[], places: Outcome["places"]): boolean {
  const want = plain(SAME[wanted] ?? wanted);
  const [, what, place = ""] = OF_PLACE.exec(want) ?? [];
  return asked.some((one) => {
    const name = plain(one);
    if (name === want || name === `role(${want})`) return true;
    const [, sort, region = ""] = OF_PLACE.exec(name) ?? [];
    return what !== undefined && sort === what && (places.get(region.split("-")[0] ?? "")?.has(place) ?? false);
  });
}

function plain(name: string): string {
  return name.replaceAll(/\s/g, "");
}

function spoken({ state, strict, latest, waitingFor }: DutyClock): string {
  if (state === "waiting") return `waiting for ${list(waitingFor)}`;
  return state === "none" ? "none" : `${state}, strict ${when(strict?.at)}, latest ${when(latest?.at)}`;
}

function when(at: number | undefined): string {
  return at === undefined ? "none" : formatInstant(instant(at));
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.join(", ");
}
