// SPDX-License-Identifier: Apache-2.0
// One parser for all who load bundles: starting one (its module is compiled, and again once it is warm) costs four times what
// loading a bundle with it does, 450 of 600 ms CPU. It is given up when nobody used it for a while.
import type { Timers } from "../../core/index.ts";
import { CedarParser } from "./parser.ts";

/** UNIT: ms. From the first look that finds nobody using it to the next that still does. */
export const PARSER_IDLE_MS = 30_000;

/** Touched by {@link lendParser} alone, whose callers cannot see it. */
interface Lent {
  readonly parser: CedarParser;
  users: number;
  /** Whether somebody used it since the last look. */
  used: boolean;
  /** Ends the looks. */
  stop(): void;
}

/** By the timers of its deadlines: a process has one of them. */
const lent = new WeakMap<Timers, Lent>();

/** Gives the parser of this process for as long as `use` takes. */
export async function lendParser<T>(timers: Timers, use: (parser: CedarParser) => Promise<T>): Promise<T> {
  const one = lent.get(timers) ?? open(timers);
  one.users += 1;
  try {
    return await use(one.parser);
  } finally {
    one.users -= 1;
    one.used = true;
  }
}

function open(timers: Timers): Lent {
  const parser = new CedarParser(timers);
  // `every` holds no process, and neither does an idle parser
  const stop = timers.every(PARSER_IDLE_MS, () => {
    const isIdle = one.users === 0 && !one.used;
    one.used = false;
    if (!isIdle) return;
    one.stop();
    lent.delete(timers);
    void parser[Symbol.asyncDispose]();
  });
  const one: Lent = { parser, users: 0, used: true, stop };
  lent.set(timers, one);
  return one;
}
