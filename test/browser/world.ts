// SPDX-License-Identifier: Apache-2.0
// A real browser in front of a real server: Debian's Chromium, never a downloaded one, with a profile of its own that ends
// with it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { type Office, ROOT } from "../support/office.ts";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const hasChromium: boolean = existsSync(CHROMIUM);
/** For the title of a suite, so that a skip says what was not run. */
export const NEEDS = "(skipped means NOT RUN: no /usr/bin/chromium)";

/** The one browser of this worker; every page has a profile of its own in it, and the worker's end is its end. */
let opened: Promise<Browser> | undefined;

export async function openBrowser(): Promise<Browser> {
  const last = await opened;
  if (last?.isConnected() === true) return last;
  // the first, or one that came to an end under an earlier file, which has said so: the next file is no victim of it
  opened = chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return opened;
}

/** One page in a profile of its own, and everything that the browser said on its console. */
export interface Seen extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly said: string[];
}

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Seen> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const said: string[] = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  return { page, context, said, [Symbol.asyncDispose]: () => context.close() };
}

/** `npm start` as it is, with nobody at the terminal; its story waits for the console. */
export interface Demo extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The console's setup link. */
  readonly link: string;
  readonly dir: string;
  /** What it printed so far. */
  out(): string;
}

export async function startDemo(): Promise<Demo> {
  const bin = path.join(ROOT, "bin", "bailiwick.js");
  const child = spawn(process.execPath, [bin, "up", "--demo", "--no-input", "--port", "0"], { env: {} });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.resume();
  await expect.poll(() => out, { timeout: 30_000, interval: 20 }).toMatch(/#setup=\S+/);
  const dir = /everything is in (\S+)/.exec(out)?.[1] ?? "";
  expect(path.basename(dir)).toMatch(/^bailiwick-demo-/);
  return {
    child,
    link: /http:\S+#setup=\S+/.exec(out)?.[0] ?? "",
    dir,
    out: () => out,
    async [Symbol.asyncDispose]() {
      // at once, wherever its story stands; so its folder is removed here
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** UNIT: s. Long enough to look at what waits from every side. */
const PATIENT_TTL_S = 600;

/** Makes the policies of an office's folder patient, before it is opened. */
export async function makePatient(dir: string): Promise<void> {
  await cp(path.join(ROOT, "policies", "demo"), path.join(dir, "policies", "demo"), { recursive: true });
  const file = path.join(dir, "policies", "demo", "remedies.yaml");
  const text = await readFile(file, "utf8");
  const patient = text.replace("ttl: 20s", `ttl: ${PATIENT_TTL_S}s`);
  expect(patient).not.toBe(text);
  await writeFile(file, patient);
}

/** The setup link of a server that runs. */
export function linkOf({ running }: Office): string {
  expect(running.setupLink).toContain("#setup=");
  return running.setupLink ?? "";
}

const RULES = { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] };

/** What axe finds wrong with a page, one line each. The page's context must bypass the content security policy. */
export async function findings(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const found = await page.evaluate(`axe.run(document, ${JSON.stringify(RULES)})`);
  const { violations } = found as {
    violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
  };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}

/** UNIT: CSS px that a page is wider than its window; 0 where nothing has to be moved sideways. */
export function sideways(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}

/** Presses Tab until what has the focus is called this. @throws after 60 times */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed++) {
    const focused = await page.evaluate<string>(
      "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()",
    );
    if (focused === name) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`nothing called ${name} can be reached with Tab`);
}

/** A passkey device of this page's profile, which agrees to everything as its person would. */
export async function addAuthenticator({ context, page }: Pick<Seen, "context" | "page">): Promise<void> {
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
