// SPDX-License-Identifier: Apache-2.0
// Processor time of calls, sides in turn: what disturbs the machine for a moment then disturbs all of them.
export interface Side<Asked> {
  readonly name: string;
  readonly run: (asked: Asked) => unknown;
}

const ROUNDS = 9;
const TURNS = 8;
/** UNIT: ms of processor time per turn and side; a shorter turn would measure the timer. */
const TURN_MS = 25;
/** UNIT: ms. What the compiler needs to see before it compiles for good. */
const WARM_UP_MS = 150;
const P99_ROUNDS = 25;

/** Microseconds of processor time of one call, by name of side: the median of medians. */
export function inTurns<Asked>(
  sides: readonly Side<Asked>[],
  asked: readonly Asked[],
  rounds: number = ROUNDS,
): Readonly<Record<string, number>> {
  const calls = sides.map((side) => callsPerTurn(side, asked));
  const all = Array.from({ length: rounds }, () => {
    const turns = Array.from({ length: TURNS }, () => sides.map((side, n) => cpuUs(side, asked, calls[n] ?? 1)));
    return sides.map((_, n) => median(turns.map((turn) => turn[n] ?? 0)));
  });
  return Object.fromEntries(sides.map(({ name }, n) => [name, median(all.map((one) => one[n] ?? 0))]));
}

function callsPerTurn<Asked>(side: Side<Asked>, asked: readonly Asked[]): number {
  let calls = 0;
  for (const until = performance.now() + WARM_UP_MS; performance.now() < until; calls += 1) side.run(at(asked, calls));
  return Math.ceil(calls * (TURN_MS / WARM_UP_MS));
}

function cpuUs<Asked>({ run }: Side<Asked>, asked: readonly Asked[], calls: number): number {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) run(at(asked, call));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/**
 * The 99th percentile of one call by the clock, in the quietest of some rounds: processor time is not counted finely enough for
 * one call, and on a shared machine the clock counts what others take.
 */
export function p99Us<Asked>({ run }: Side<Asked>, asked: readonly Asked[], calls: number): number {
  const rounds = Array.from({ length: P99_ROUNDS }, () => {
    const times = new Float64Array(calls);
    for (let call = 0; call < calls; call += 1) {
      const one = at(asked, call);
      const before = performance.now();
      run(one);
      times[call] = (performance.now() - before) * 1000;
    }
    return times.toSorted()[Math.floor(calls * 0.99)] ?? 0;
  });
  return Math.min(...rounds);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function at<Asked>(asked: readonly Asked[], call: number): Asked {
  const one = asked[call % asked.length];
  if (one === undefined) throw new Error("nothing to ask");
  return one;
}

export function round(value: number): number {
  return value < 100 ? Math.round(value * 10) / 10 : Math.round(value);
}
