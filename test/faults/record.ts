// SPDX-License-Identifier: Apache-2.0
// `npm run faults:record`: the record under every fault there is a way to make on this machine, as often as is asked for.
// The last line is JSON; what could not be run is said, and is never counted as passed.
import { parseArgs } from "node:util";
import type { FAULTS } from "./record/inject.ts";
import { CALLS, canInject, injectAll } from "./record/inject.ts";
import { cutPower, recordLife, withoutSync } from "./record/power.ts";
import { clockRound, flipRounds, killRounds, restoreRound } from "./record/rounds.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    cuts: { type: "string", default: "500" },
    flips: { type: "string", default: "200" },
    /** 1 fails every call of a life, 5 each fifth. */
    step: { type: "string", default: "1" },
    only: { type: "string", default: "kill,flip,restore,clock,power,inject" },
  },
});
const wanted = new Set(values.only.split(","));
const figures: Record<string, unknown> = {};
const notRun: string[] = [];
let [passed, failed] = [0, 0];

/** Counts one kind of fault. */
async function measured(name: string, run: () => Promise<{ readonly wrong: readonly string[] }>): Promise<void> {
  const [kind = ""] = name.split(" ");
  if (!wanted.has(kind)) return;
  const { wrong, ...counts } = await run();
  for (const line of wrong) console.error(`${name}: ${line}`);
  figures[name] = { ...counts, wrong: wrong.length };
  if (wrong.length === 0) passed += 1;
  else failed += 1;
  console.error(`${name}: ${JSON.stringify(figures[name])}`);
}

await measured("kill", () => killRounds(Number(values.kills)));
await measured("flip", () => flipRounds(Number(values.flips)));
await measured("restore", () => restoreRound("file"));
await measured("clock", clockRound);
if (!canInject()) notRun.push("power, inject: no strace that may trace here");
else {
  await measured("power", () => cutPower(recordLife(), Number(values.cuts), Date.now() % 2 ** 31));
  await measured("power without sync", async () => {
    const { cuts, wrong } = await cutPower(withoutSync(recordLife()), 20, 1);
    return {
      cuts,
      found: wrong.length,
      wrong: wrong.length > 0 ? [] : ["a program that never syncs was not found out"],
    };
  });
  for (const fault of ["EIO", "SIGKILL", "ENOSPC"] as const satisfies readonly (keyof typeof FAULTS)[]) {
    await measured(`inject ${fault}`, () => injectAll(CALLS, [fault], Number(values.step)));
  }
}
notRun.push("LazyFS: not built here; the power is cut by tools/powerloss");
for (const line of notRun) console.error(`not run: ${line}`);
console.log(JSON.stringify({ name: "record faults", figures: { ...figures, notRun }, ratios: {}, passed, failed }));
process.exitCode = failed === 0 ? 0 : 1;
