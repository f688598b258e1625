// SPDX-License-Identifier: Apache-2.0
// A second person at the screen People: sees who is to be erased and what that means, and agrees with a passkey.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openOffice } from "../support/office.ts";
import { signIn } from "../support/person.ts";
import { addAuthenticator, findings, hasChromium, NEEDS, openBrowser, openPage, sideways, tabTo } from "./world.ts";

const COMES = { timeout: 15_000 };

describe.skipIf(!hasChromium)(`what is held and erased, at the console ${NEEDS}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("L42: a second person sees what will be gone and agrees, by keyboard, at 320 px", async () => {
    await using office = await openOffice({
      demo: false,
      change: (config) => ({ ...config, policies: { ...config.policies, watch: false } }),
    });
    const ada = await signIn(office.running.setupLink ?? "", "Ada");
    await signIn((await ada.client.invite({ roles: ["auditor"], because: "looks" })).link, "Zebulon");
    const { link } = await ada.client.invite({ roles: ["counsel"], because: "law" });
    await ada.client.keeping.erase("Zebulon", "asked for by law");

    await using seen = await openPage(browser, { viewport: { width: 320, height: 800 }, bypassCSP: true });
    const { page } = seen;
    await addAuthenticator(seen);
    await page.goto(link);
    await page.getByLabel("Your name").fill("Bob");
    await page.getByLabel("Country you work in").fill("FR");
    await page.getByRole("button", { name: "Make a passkey" }).click();
    await page.getByText("live", { exact: true }).waitFor(COMES);
    await page.goto(`${office.running.publicUrl}/people`);
    await page.getByText("Zebulon: asked for by law").waitFor(COMES);
    expect(await findings(page)).toEqual([]);
    expect(await sideways(page)).toBe(0);

    await tabTo(page, "Agree with a passkey");
    await page.keyboard.press("Enter");
    await page.getByText("The last backup of the key ends").waitFor(COMES);
    const [erasure] = await ada.client.keeping.erasures();
    expect(erasure).toMatchObject({ state: "pending backups", agreedBy: "Bob" });
    await ada.client.keeping.hold({ reason: "an audit", from: "2026-01-01", to: "2026-02-01" });
    await page.reload();
    await page.getByText("everybody: an audit").waitFor(COMES);
    expect(await findings(page)).toEqual([]);
    expect(await sideways(page)).toBe(0);
  });
});
