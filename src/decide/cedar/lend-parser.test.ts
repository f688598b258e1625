// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { member, type Timers } from "../../core/index.ts";
import { fakeClock } from "../../core/testing/system.ts";
import { lendParser, PARSER_IDLE_MS } from "./lend-parser.ts";
import type { CedarParser } from "./parser.ts";

/** Timers, and a way to let so many looks for idlers pass. */
function looks(): { readonly timers: Timers; readonly pass: (count: number) => void } {
  const clock = fakeClock();
  return {
    timers: clock.timers,
    pass: (count) => {
      for (let n = 0; n < count; n++) clock.advance(PARSER_IDLE_MS);
    },
  };
}

const same = (parser: CedarParser): Promise<CedarParser> => Promise.resolve(parser);

test("D14: who loads next has the same parser; after nobody used it for a while it is another", async () => {
  const { timers, pass } = looks();
  const first = await lendParser(timers, same);
  pass(1);
  expect(await lendParser(timers, same)).toBe(first);
  pass(2);
  expect(await lendParser(timers, same)).not.toBe(first);
});

test("D14: it is not given up under somebody who uses it, and a fault of theirs returns it", async () => {
  const { timers, pass } = looks();
  const fault = lendParser(timers, async (parser) => {
    pass(3);
    expect(await lendParser(timers, same)).toBe(parser);
    const answer = await parser.call({ op: "policy", text: "permit(principal, action, resource);" });
    throw new Error(JSON.stringify(member(answer, "type")));
  });
  await expect(fault).rejects.toThrow("success");
  const kept = await lendParser(timers, same);
  pass(2);
  expect(await lendParser(timers, same)).not.toBe(kept);
});
