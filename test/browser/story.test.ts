// SPDX-License-Identifier: Apache-2.0
// The demo's story with a person at the console: by keyboard alone, under the real content security policy.
import { existsSync } from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { hasChromium, NEEDS, openBrowser, openPage, startDemo, tabTo } from "./world.ts";

const APPROVE = "Approve this call, once";
/** UNIT: ms. The question comes a second after the start, and waits for 20. */
const COMES = { timeout: 15_000 };

/** Until the page says that it is live, nothing can be answered on it. */
const LIVE = { exact: true };

describe.skipIf(!hasChromium)(`the console during the demo ${NEEDS}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });

  test("X28: sign in by the link, see the call, approve it with Tab and Enter", async () => {
    await using demo = await startDemo();
    await using seen = await openPage(browser);
    const { page, context, said } = seen;
    await page.goto(demo.link);
    const call = page.getByRole("article");
    await call.waitFor(COMES);
    await page.getByText("live", LIVE).waitFor(COMES);
    expect(page.url()).toBe(new URL("/", demo.link).href);
    expect(await context.cookies()).toMatchObject([{ name: "bailiwick", httpOnly: true, sameSite: "Strict" }]);
    expect(await page.evaluate("JSON.stringify(localStorage) + JSON.stringify(history.state)")).not.toContain(
      new URL(demo.link).hash.replace("#setup=", ""),
    );

    expect(await page.getByRole("heading", { level: 1 }).textContent()).toMatch(/^1 call waits for a person\. \d/);
    expect(await page.title()).toBe("(1) Now · Bailiwick");
    const shown = (await call.textContent()) ?? "";
    for (const part of [
      "invoice-helper",
      "files/payments/2041.json",
      "payments-need-a-person",
      '"path": "payments/2041.json"',
    ])
      expect(shown).toContain(part);
    expect(shown).toMatch(/1?\d s left, then the answer is no/);
    expect(shown).toContain("A demo key signs, not a person's passkey.");

    await tabTo(page, APPROVE);
    expect(demo.out()).not.toContain("approved");
    await page.keyboard.press("Enter");
    const outcome = page.getByText("Approved. The server has taken your yes.");
    await outcome.waitFor(COMES);
    // the focus went with the outcome, not back to the top of the page
    expect(await page.evaluate("document.activeElement.textContent")).toContain("The server has taken your yes.");
    await expect.poll(() => demo.out(), COMES).toContain("approved for this exact call, once, by a demo key");
    expect(existsSync(path.join(demo.dir, "office", "files", "payments", "2041.json"))).toBe(true);

    await page.getByText("share outbox/partner-copy.csv").first().waitFor(COMES);
    await expect
      .poll(() => page.getByRole("heading", { level: 1 }).textContent(), COMES)
      .toMatch(/Nothing waits for you\. \d+ decisions in the last minute, all enforced\.$/);
    const rows = page.getByRole("table", { name: "The newest decisions" }).getByRole("row");
    expect(await rows.filter({ hasText: /deny.*transfer-needs-a-basis/ }).count()).toBe(1);
    // the picture and the table tell of the same calls
    const isTold = async (): Promise<number> =>
      page.getByText(new RegExp(`^${(await rows.count()) - 1} decisions in the last hour`)).count();
    await expect.poll(isTold, COMES).toBe(1);
    expect(said).toEqual([]);
  });

  test("X28: refuse with the letter r, a reason and Enter; nothing is written", async () => {
    await using demo = await startDemo();
    await using seen = await openPage(browser);
    const { page, said } = seen;
    await page.goto(demo.link);
    await page.getByRole("article").waitFor(COMES);
    await page.getByText("live", LIVE).waitFor(COMES);
    await page.keyboard.press("r");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Refuse this call" });
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => dialog.count()).toBe(0);
    // Escape gives the focus back to where it was, a moment after the dialog is gone
    await expect.poll(() => page.evaluate("document.activeElement?.tagName")).toBe("BUTTON");
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.keyboard.type("a r: not ordered by us"); // letters are letters while somebody types
    await page.keyboard.press("Enter");
    await page.getByText("Refused. The server has taken your no.").waitFor(COMES);
    await expect.poll(() => demo.out(), COMES).toContain("look       refused");
    expect(existsSync(path.join(demo.dir, "office", "files", "payments", "2041.json"))).toBe(false);
    expect(said).toEqual([]);
  });

  test("X23: a server that falls silent is stale within 5 s, nothing can be done, and it comes back", async () => {
    await using demo = await startDemo();
    await using seen = await openPage(browser);
    const { page } = seen;
    await page.goto(demo.link);
    await page.getByRole("article").waitFor(COMES);
    await page.getByText("live", LIVE).waitFor(COMES);
    demo.child.kill("SIGSTOP");
    const cut = Date.now();
    await page.getByText(/^Not live since \d\d:\d\d:\d\d UTC\.$/).waitFor({ timeout: 5000 });
    expect(Date.now() - cut).toBeLessThan(5000);
    const approve = page.getByRole("button", { name: APPROVE });
    expect(await approve.getAttribute("aria-disabled")).toBe("true");
    expect(await page.getByRole("article").textContent()).toContain("Not live: what waits may have changed.");
    expect(await page.getByRole("article").textContent()).toContain("files/payments/2041.json");
    await approve.click({ force: true });
    demo.child.kill("SIGCONT");
    await expect.poll(() => page.getByText("Not live since").count(), COMES).toBe(0);
    await expect.poll(() => approve.getAttribute("aria-disabled"), COMES).toBe("false");
    expect(demo.out()).not.toContain("approved");
  });

  test("X23: a server that is gone is stale within 5 s, and what was seen stays", async () => {
    await using demo = await startDemo();
    await using seen = await openPage(browser);
    const { page } = seen;
    await page.goto(demo.link);
    await page.getByText("files/customers/customers.csv").first().waitFor(COMES);
    demo.child.kill("SIGKILL");
    const cut = Date.now();
    await page.getByText(/^Not live since/).waitFor({ timeout: 5000 });
    expect(Date.now() - cut).toBeLessThan(5000);
    expect(await page.getByText("files/customers/customers.csv").first().isVisible()).toBe(true);
  });

  test("X24: eight tabs share one stream, and when the one that reads it closes another goes on", async () => {
    await using demo = await startDemo();
    await using seen = await openPage(browser);
    const { page, context } = seen;
    await page.goto(demo.link);
    await page.getByRole("article").waitFor(COMES);
    await page.getByText("live", LIVE).waitFor(COMES);
    const others = await Promise.all(Array.from({ length: 7 }, () => context.newPage()));
    await Promise.all(others.map((other) => other.goto(new URL("/", demo.link).href)));
    for (const other of others) await other.getByText("live", { exact: true }).waitFor(COMES);
    await page.close();
    await others[6]?.getByRole("button", { name: APPROVE }).click();
    for (const other of others) await other.getByText("share outbox/partner-copy.csv").first().waitFor(COMES);
    for (const other of others) expect(await other.getByText("Not live since").count()).toBe(0);
    for (const other of others) await expect.poll(() => other.getByRole("article").count(), COMES).toBe(0);
  });
});
