// SPDX-License-Identifier: Apache-2.0
// An office with calls of every answer, a person who is signed in to it, and a look at a page from every side.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { Agent } from "../../src/server/demo/agent.ts";
import { type Office, openOffice, ROOT } from "../support/office.ts";
import { findings, linkOf, makePatient, openPage, type Seen, sideways } from "./world.ts";

export const PICTURES: string = path.join(ROOT, "node_modules", ".cache", "pictures");
export const HOSTILE = '\u202Eevil\u2066 <img src=x onerror="alert(1)">\u200B & </bdi><script>alert(2)</script>';
/** Wide, narrow and narrowest; light and dark: what axe says of colours does not depend on the width. */
const LOOKS = [
  ["light", 1280],
  ["dark", 1280],
  ["dark", 390],
  ["light", 320],
] as const;
/** Pictures of all of them, for a person to look at. */
const HAS_PICTURES = process.env["BAILIWICK_PICTURES"] !== undefined; // oxlint-disable-line node/no-process-env -- whether somebody will look is the caller's to say
/** What is drawn has come to rest: no transition runs. */
const AT_REST =
  "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() => Promise.allSettled(document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity).map((one) => one.finished)))";

/** An office where one payment waits for ten minutes, and the session of somebody who signed in. */
export interface Scene extends AsyncDisposable {
  readonly office: Office;
  readonly agent: Agent;
  /** The cookie of that person. */
  readonly storageState: Awaited<ReturnType<Seen["context"]["storageState"]>>;
  /** A page of that person. axe has to be put into it, which the real policy forbids. */
  open(): Promise<Seen>;
}

export async function openScene(browser: Browser): Promise<Scene> {
  const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-looks-"));
  await makePatient(dir);
  const office = await openOffice({
    dir,
    change: (config) => ({ ...config, enforce: { ...config.enforce, holdMs: 20 } }),
  });
  const agent = await office.connect();
  await agent.call("read_text_file", { path: "invoices/2041.txt" });
  await agent.tools();
  await agent.call("read_text_file", { path: "customers/customers.csv" });
  await agent.act("execute", "write_file", { path: "invoices/2041.txt", content: "total 1.00 EUR\n" });
  await agent.act("execute", "write_file", {
    path: "payments/2041.json",
    content: '{"invoice":2041,"amount":"3200.00","currency":"EUR"}\n',
  });
  await using first = await openPage(browser);
  await first.page.goto(linkOf(office));
  await first.page.getByRole("article").waitFor();
  const storageState = await first.context.storageState();
  return {
    office,
    agent,
    storageState,
    async open() {
      const options: BrowserContextOptions = { bypassCSP: true, storageState };
      const seen = await openPage(browser, options);
      await seen.page.goto(office.running.publicUrl);
      await seen.page.getByRole("article").first().waitFor();
      await seen.page.getByText("live", { exact: true }).waitFor();
      await seen.page.getByText("decisions in the last hour").waitFor();
      return seen;
    },
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      await office[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true });
    },
  };
}

/** Looks at a page from every side, and gives what is wrong with it. */
export async function looks(page: Page, name: string): Promise<readonly string[]> {
  mkdirSync(PICTURES, { recursive: true });
  const wrong: string[] = [];
  for (const [colorScheme, width] of LOOKS) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.evaluate(`${AT_REST}.then(() => undefined)`);
    const picture = path.join(PICTURES, `${name}-${colorScheme}-${width}.png`);
    if (HAS_PICTURES) await page.screenshot({ path: picture, fullPage: true });
    const over = await sideways(page);
    const found = [...(over === 0 ? [] : [`${over} px too wide`]), ...(await findings(page))];
    wrong.push(...found.map((text) => `${colorScheme} ${width}: ${text}`));
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  return wrong;
}
