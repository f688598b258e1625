// SPDX-License-Identifier: Apache-2.0
// `node bench/console/now.ts`: how long it takes from a decision that is durable to its row on the screen, with 500 rows kept
// in the page, and how much memory a page gains while calls go on. Real server, real upstream, real browser (Debian's
// Chromium). The bars are those of the design; machines that do other things at the same time miss them.
import type { Page } from "playwright-core";
import { member } from "../../src/core/index.ts";
import { decisionRow } from "../../src/server/decision-row.ts";
import { openBrowser, openPage } from "../../test/browser/world.ts";
import { openOffice } from "../../test/support/office.ts";

const KEPT_ROWS = 500;
const TIMED_CALLS = 300;
/** With the timed ones as many as a page keeps: from there on it may gain nothing. */
const FILLING_CALLS = 220;
const MORE_CALLS = 600;
/** UNIT: ms between two timed calls. */
const PAUSE_MS = 60;
/** UNIT: ms, at the 95th percentile. */
const ROW_BAR_MS = 300;
const HEAP_BAR = 1.1;

/** Notes when each reference first stands in the table, by the clock that this process has too. */
const WATCH = `
  globalThis.seenAt = {};
  globalThis.watcher = new MutationObserver(() => {
    for (const code of document.querySelectorAll("table.lines .wide .reference code"))
      globalThis.seenAt[code.textContent] ??= Date.now();
  });
  globalThis.watcher.observe(document.body, { childList: true, subtree: true, characterData: true });
`;

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

const browser = await openBrowser();
const office = await openOffice();
const agent = await office.connect();
for (let call = 0; call < KEPT_ROWS; call++) await agent.tools();
const { page, context } = await openPage(browser);
await page.goto(office.running.setupLink ?? "");
await page.locator("table.lines tbody tr").first().waitFor();
await page.evaluate(WATCH);

const durableAt = new Map<string, number>();
const stop = office.running.entries.live((entry) => {
  const reference = decisionRow(entry) === undefined ? undefined : member(decisionRow(entry), "reference");
  if (typeof reference === "string") durableAt.set(reference, Date.now());
});
for (let call = 0; call < TIMED_CALLS; call++) {
  await agent.tools();
  await pause(PAUSE_MS);
}
await pause(1000);
stop();
const seenAt = await page.evaluate<Record<string, number>>("globalThis.seenAt");
const took = [...durableAt].map(([reference, at]) => (seenAt[reference] ?? Number.POSITIVE_INFINITY) - at);
const sorted = took.toSorted((a, b) => a - b);

await page.evaluate("globalThis.watcher.disconnect(); globalThis.seenAt = {}");
for (let call = 0; call < FILLING_CALLS; call++) await agent.tools();
await pause(1000);
const before = await heapOf(page);
const started = performance.now();
for (let call = 0; call < MORE_CALLS; call++) await agent.tools();
const ratePerSecond = MORE_CALLS / ((performance.now() - started) / 1000);
await pause(1000);
const after = await heapOf(page);

const [p50, p95] = [quantile(sorted, 0.5), quantile(sorted, 0.95)];
const growth = after / before;
const figures = {
  rows: sorted.length,
  p50Ms: p50,
  p95Ms: p95,
  heapBytes: after,
  callsPerSecond: Math.round(ratePerSecond),
};
const failed = [p95 <= ROW_BAR_MS, growth <= HEAP_BAR].filter((isMet) => !isMet).length;
await context.close();
await browser.close();
await agent[Symbol.asyncDispose]();
await office[Symbol.asyncDispose]();
console.log(
  JSON.stringify({ name: "bench:console", figures, ratios: { heapGrowth: growth }, passed: 2 - failed, failed }),
);
process.exitCode = failed === 0 ? 0 : 1;
