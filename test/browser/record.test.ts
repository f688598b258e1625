// SPDX-License-Identifier: Apache-2.0
// The screen Record: an entry is found by what somebody has in hand of it, shown in words, drawn to its root, and its proof
// is taken away and checked; by keyboard, in light and dark, wide and narrow.
import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parsePolicy, verifyProof } from "../../src/record/verify/index.ts";
import { looks, openScene, type Scene } from "./scene.ts";
import { hasChromium, NEEDS, openBrowser } from "./world.ts";

const COMES = { timeout: 15_000 };

describe.skipIf(!hasChromium)(`the screen Record ${NEEDS}`, () => {
  let browser: Browser;
  let scene: Scene;
  beforeAll(async () => {
    browser = await openBrowser();
    scene = await openScene(browser);
  });
  afterAll(async () => {
    await scene[Symbol.asyncDispose]();
    await browser.close();
  });

  test("X39: an entry is found by a name, shown in words and drawn to its root; its proof holds elsewhere", {
    timeout: 120_000,
  }, async () => {
    await using seen = await scene.open();
    const { page } = seen;
    await page.goto(scene.office.running.publicUrl);
    await page.getByText("live", { exact: true }).waitFor(COMES);
    await page.keyboard.press("g");
    await page.keyboard.press("r");
    await page.getByRole("heading", { level: 1 }).filter({ hasText: "under a signed root" }).waitFor(COMES);
    await page.getByText("Nobody else cosigns this log").waitFor(COMES);
    const table = page.getByRole("table", { name: "Entries, newest first" });
    await table.waitFor(COMES);
    expect(await looks(page, "record")).toEqual([]);

    const box = page.getByRole("searchbox", { name: "Search the record" });
    await box.fill("invoice-helper");
    await page.keyboard.press("Enter");
    await page.getByText("Entries by identity: invoice-helper.").waitFor(COMES);
    expect(page.url()).toMatch(/\/record\?q=invoice-helper$/);
    await page.getByText("That there are no more is not").waitFor(COMES);
    await box.fill("nobody-knows-this");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing is known as nobody-knows-this.").waitFor(COMES);
    await page.goBack();
    await page.getByText("Entries by identity: invoice-helper.").waitFor(COMES);

    await page.getByRole("row").filter({ hasText: "deny" }).first().getByRole("link").click();
    await page.getByRole("heading", { level: 1 }).filter({ hasText: "deny" }).waitFor(COMES);
    const way = page.getByRole("list", { name: "Path" });
    await way.waitFor(COMES);
    expect(await way.getByRole("listitem").count()).toBeGreaterThan(3);
    expect(await page.locator("main").textContent()).toMatch(/npx bailiwick verify entry-\d+\.tlog-proof/);
    expect(await looks(page, "record-entry")).toEqual([]);
    const leaving = page.waitForEvent("download");
    await page.getByRole("link", { name: /proof/i }).first().click();
    const proof = await readFile(await (await leaving).path(), "utf8");
    expect(verifyProof(proof, parsePolicy(await readFile(scene.office.running.trustFile))).ok).toBe(true);
    await page.getByRole("link", { name: "The decision whole" }).click();
    await page.waitForURL(/\/decisions\//, COMES);
    await page.goBack();
    await page.reload();
    await page.getByRole("heading", { level: 1 }).filter({ hasText: "deny" }).waitFor(COMES);
    await page.goto(`${scene.office.running.publicUrl}/record/main-1/999999`);
    await page.getByText("The record has nothing under this address.").waitFor(COMES);
    expect(seen.said.filter((line) => !line.includes("404"))).toEqual([]);
  });
});
