// SPDX-License-Identifier: Apache-2.0
// The machine held still: fakes of the system ports, for tests only.
import { type Bytes, type Clock, type Instant, instant, type Log, type Random, type Timers } from "../index.ts";

export interface FakeClock extends Clock {
  /** Moves both clocks on and fires due timers. */
  advance(ms: number): void;
  /** Moves the wall clock alone, as an operator does. */
  step(ms: number): void;
  readonly timers: Timers;
}

/** A clock that stands until it is moved. Starts at 2026-12-06T09:00:00Z. */
export function fakeClock(start: Instant = instant(1_796_547_600_000)): FakeClock {
  let wall: number = start;
  let elapsed = 0;
  const due = new Set<{ at: number; every: number | undefined; work: () => void }>();
  const add = (ms: number, every: number | undefined, work: () => void): (() => void) => {
    const timer = { at: elapsed + ms, every, work };
    due.add(timer);
    return () => void due.delete(timer);
  };
  return {
    now: () => instant(wall),
    monotonic: () => elapsed,
    advance(ms) {
      wall += ms;
      elapsed += ms;
      for (const timer of [...due].filter((t) => t.at <= elapsed)) {
        if (timer.every === undefined) due.delete(timer);
        else timer.at += timer.every;
        timer.work();
      }
    },
    step(ms) {
      wall += ms;
    },
    timers: { after: (ms, work) => add(ms, undefined, work), every: (ms, work) => add(ms, ms, work) },
  };
}

/** Repeatable bytes and ids: a counter through a small mixer, never for keys outside tests. */
export function fakeRandom(seed = 1): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad) >>> 0;
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97) >>> 0;
    return (z ^ (z >>> 15)) >>> 0;
  };
  const bytes = (count: number): Bytes => Uint8Array.from({ length: count }, () => next() & 0xff);
  return {
    bytes,
    id() {
      const hex = Buffer.from(bytes(16)).toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
}

/** Keeps the faults that were logged. */
export function fakeLog(): Log & { readonly faults: { code: string; fields: Readonly<Record<string, unknown>> }[] } {
  const faults: { code: string; fields: Readonly<Record<string, unknown>> }[] = [];
  return { faults, fault: (code, fields) => void faults.push({ code, fields }) };
}
