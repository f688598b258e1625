// SPDX-License-Identifier: Apache-2.0
// The list of decisions, in front of a real server: what narrows it, how it stands still, and what it says where it is empty.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { looks, openScene, type Scene } from "./scene.ts";
import { hasChromium, NEEDS, openBrowser, openPage, type Seen } from "./world.ts";

const TABLE = { name: "Decisions, newest first" };

function rowsOf(page: Page): ReturnType<Page["locator"]> {
  return page.getByRole("table", TABLE).locator("tbody tr");
}

describe.skipIf(!hasChromium)(`the screen Decisions ${NEEDS}`, () => {
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

  /** A page of the list at this address. */
  async function open(search = ""): Promise<Seen> {
    const seen = await openPage(browser, { bypassCSP: true, storageState: scene.storageState });
    await seen.page.goto(`${scene.office.running.publicUrl}/decisions${search}`);
    await seen.page.getByText("live", { exact: true }).waitFor();
    return seen;
  }

  test("X36: a new visitor is shown what was denied and challenged; all of it is one press away, and in the address", async () => {
    await using seen = await open();
    const { page, said } = seen;
    await rowsOf(page).first().waitFor();
    expect(await rowsOf(page).locator(".answer").allTextContents()).toEqual(["challenge", "deny"]);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(
      "5 decisions in the last hour: 1 denied, 1 challenged.",
    );
    expect(await page.title()).toBe("Decisions · Bailiwick");
    await page.getByRole("button", { name: "All", exact: true }).click();
    await expect.poll(() => rowsOf(page).count()).toBe(5);
    expect(page.url()).toMatch(/\/decisions\?answer=all$/);
    expect(await looks(page, "decisions")).toEqual([]);
    expect(said).toEqual([]);
  });

  test("X36: one decision says who, what, which rule on which line, what came of it, and how a stranger checks it", async () => {
    await using seen = await open("?answer=limit");
    const { page, said } = seen;
    await rowsOf(page).getByRole("link").first().click();
    const heading = page.getByRole("heading", { level: 1 });
    await heading.getByText("customers.csv").waitFor();
    expect(await heading.textContent()).toBe("limit invoice-helper asked to view files/customers/customers.csv");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H1");
    const why = page.getByRole("region", { name: "Why" });
    expect(await why.textContent()).toMatch(/held back by personal-data-is-masked · \d+-[a-z-]+\.cedar:\d+/);
    const outcome = page.getByRole("region", { name: "What came of it" });
    expect(await outcome.textContent()).toMatch(/completed.*read.*files\/customers\/customers\.csv.*found \d/);
    const proof = page.getByRole("region", { name: "Proof" });
    await proof.getByRole("link", { name: "Take the proof along" }).waitFor();
    await proof.getByText("The path from its leaf to the root").click();
    expect(await looks(page, "decision")).toEqual([]);
    await page.keyboard.press("Escape");
    await rowsOf(page).first().waitFor();
    expect(page.url()).toMatch(/\/decisions\?answer=limit$/);
    expect(said).toEqual([]);
  });
});
