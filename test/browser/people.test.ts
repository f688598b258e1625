// SPDX-License-Identifier: Apache-2.0
// People with a real browser and a virtual authenticator: the first owner, signing out and in again.
import type { Browser } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type Office, openOffice } from "../support/office.ts";
import {
  addAuthenticator,
  findings,
  hasChromium,
  linkOf,
  NEEDS,
  openBrowser,
  openPage,
  sideways,
  tabTo,
} from "./world.ts";

const COMES = { timeout: 15_000 };

/** A server that knows nobody yet. */
function openEmpty(): Promise<Office> {
  return openOffice({ demo: false, change: (config) => ({ ...config, people: {}, agents: {} }) });
}

describe.skipIf(!hasChromium)(`people at the console ${NEEDS}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });

  test("I50: the first passkey becomes owner, signs out, and signs in again; by keyboard, at 320 px", async () => {
    await using office = await openEmpty();
    await using seen = await openPage(browser, { viewport: { width: 320, height: 800 }, bypassCSP: true });
    const { page } = seen;
    await addAuthenticator(seen);
    await page.goto(office.running.publicUrl);
    await page.getByText("Nobody is owner of this server yet").waitFor(COMES);
    expect(await findings(page)).toEqual([]);

    await page.goto(linkOf(office));
    await page.reload();
    await page.goto("about:blank");
    await page.goto(linkOf(office));
    await page.getByRole("heading", { name: "Become owner of this server" }).waitFor(COMES);
    expect(page.url()).not.toContain("setup=");
    expect(await findings(page)).toEqual([]);
    expect(await sideways(page)).toBe(0);
    await page.getByLabel("Your name").focus();
    await page.keyboard.type("Grace Hopper");
    await page.getByLabel("Country you work in").fill("us");
    await tabTo(page, "Make a passkey");
    await page.keyboard.press("Enter");
    await page.getByText("live", { exact: true }).waitFor(COMES);

    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "You are not signed in" }).waitFor(COMES);
    expect(await findings(page)).toEqual([]);
    expect(await sideways(page)).toBe(0);
    await tabTo(page, "Sign in with a passkey");
    await page.keyboard.press("Enter");
    await page.getByText("live", { exact: true }).waitFor(COMES);
    const [owner] = office.running.people.holders("owner");
    expect((await office.running.people.persons()).map(({ name }) => name)).toEqual(["Grace Hopper"]);
    expect(office.running.people.openSessions(owner)).toHaveLength(1);
    expect(seen.said.filter((line) => line.startsWith("error"))).toEqual([]);
  });

  test("I50: a link that was used says when, and what to do if that was somebody else", async () => {
    await using office = await openEmpty();
    await using seen = await openPage(browser);
    const { page } = seen;
    await addAuthenticator(seen);
    const link = linkOf(office);
    await page.goto(link);
    await page.getByLabel("Your name").fill("Grace Hopper");
    await page.getByLabel("Country you work in").fill("US");
    await page.getByRole("button", { name: "Make a passkey" }).click();
    await page.getByText("live", { exact: true }).waitFor(COMES);
    await using second = await openPage(browser);
    await second.page.goto(link);
    const told = second.page.getByText("This link opens nothing any more.");
    await told.waitFor(COMES);
    expect(await told.textContent()).toMatch(/it was used at \d{4}-.*if that was not you, somebody else has it/);
    expect(await second.page.locator("main").textContent()).toContain("npx bailiwick up owner");
    expect(await second.context.cookies()).toEqual([]);
  });
});
