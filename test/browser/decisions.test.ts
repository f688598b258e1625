// SPDX-License-Identifier: Apache-2.0
// The list of decisions, in front of a real server: what narrows it, how it stands still, and what it says where it is empty.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openOffice } from "../support/office.ts";
import { HOSTILE, looks, openScene, type Scene } from "./scene.ts";
import { hasChromium, linkOf, NEEDS, openBrowser, openPage, type Seen } from "./world.ts";

const TABLE = { name: "Decisions, newest first" };

function rowsOf(page: Page): ReturnType<Page["locator"]> {
  return page.getByRole("table", TABLE).locator("tbody tr");
}

function problemOf(status: number, code: string): string {
  return JSON.stringify({ status, title: "Not for you.", code });
}

describe.skipIf(!hasChromium)(`the screen Decisions ${NEEDS}`, () => {
  let browser: Browser;
  let scene: Scene;
  beforeAll(async () => {
    browser = await openBrowser();
    scene = await openScene(browser);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

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
    await expect.poll(() => page.evaluate("document.activeElement.tagName")).toBe("H1");
    const why = page.getByRole("region", { name: "Why" });
    expect(await why.textContent()).toMatch(/held back by personal-data-is-masked · \d+-[a-z-]+\.cedar:\d+/);
    await page.getByRole("button", { name: "Show what each condition read" }).click();
    const conditions = page.getByRole("region", { name: "Condition by condition" });
    await conditions.getByText("Before it was done").waitFor();
    expect(await conditions.textContent()).toMatch(/Limits it\..*: so it is/);
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

  test("X22: what narrows the list is in the address: reload, back and a wrong word keep it", async () => {
    await using seen = await open("?answer=all&verb=view&server=files&who=invoice-helper&weather=rain&label=%20");
    const { page } = seen;
    await expect.poll(() => rowsOf(page).count()).toBe(3);
    expect(await page.getByLabel("Who").inputValue()).toBe("invoice-helper");
    await page.getByLabel("Rule").fill("reads-in-team");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.url()).toContain("policy=reads-in-team");
    await expect.poll(() => rowsOf(page).count()).toBe(2);
    await rowsOf(page).getByRole("link").first().click();
    await page.getByRole("region", { name: "Why" }).waitFor();
    await page.goBack();
    await expect.poll(() => rowsOf(page).count()).toBe(2);
    await page.reload();
    await expect.poll(() => rowsOf(page).count()).toBe(2);
    expect(await page.getByLabel("Verb").inputValue()).toBe("view");
    expect(await page.getByLabel("Gate").inputValue()).toBe("files");
  });

  test("X23: empty because of what narrows it: each is named, and one press drops it", async () => {
    await using seen = await open("?answer=allow&policy=no-such-rule");
    const { page } = seen;
    await page.getByText("No decision is like this.").waitFor();
    expect(await looks(page, "decisions-empty")).toEqual([]);
    await page.getByRole("link", { name: /^without the rule/ }).click();
    await expect.poll(() => rowsOf(page).count()).toBe(2);
  });

  test("X23: not allowed, failed, no such thing: each says so, and none is taken for empty", async () => {
    await using seen = await open("?answer=all");
    const { page } = seen;
    await rowsOf(page).first().waitFor();
    for (const [status, code] of [
      [403, "API_FORBIDDEN"],
      [500, "API_INTERNAL"],
    ] as const) {
      await page.route("**/api/decisions?*", (route) => route.fulfill({ status, body: problemOf(status, code) }));
      await page.reload();
      await page.getByText(code).waitFor();
      expect(await page.getByText("Nothing has been asked yet").count()).toBe(0);
      expect(await looks(page, `decisions-${status}`)).toEqual([]);
      await page.unroute("**/api/decisions?*");
    }
    await page.getByRole("button", { name: "Try again" }).click();
    await rowsOf(page).first().waitFor();
    await page.goto(`${scene.office.running.publicUrl}/decisions/BW-0000000`);
    await page.getByText("API_NOT_FOUND").waitFor();
    await page.goto(`${scene.office.running.publicUrl}/weather`);
    expect(await page.textContent("body")).toContain("API_NOT_FOUND");
  });

  test("X28: by keyboard alone: to the screen, to a row, into it, back, and the list stands still", async () => {
    await using seen = await openPage(browser, { bypassCSP: true, storageState: scene.storageState });
    const { page } = seen;
    await page.goto(scene.office.running.publicUrl);
    await page.getByRole("article").first().waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await rowsOf(page).first().waitFor();
    await expect.poll(() => page.evaluate("document.activeElement.tagName")).toBe("H1");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    const row = await page.evaluate<string>("document.activeElement.textContent");
    expect(row).toBe(await rowsOf(page).first().getByRole("link").last().textContent());
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Why" }).waitFor();
    expect(await page.title()).toBe(`${row} · Bailiwick`);
    await page.keyboard.press("c");
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("copy link");
    await page.keyboard.press("Escape");
    await rowsOf(page).first().waitFor();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    expect(page.url()).toMatch(/\/decisions\?at=\d+$/);
    await page.keyboard.press("/");
    await page.keyboard.type("g d j invoice-helper"); // letters are letters while somebody types
    expect(await page.getByRole("searchbox").inputValue()).toBe("g d j invoice-helper");
  });
});

describe.skipIf(!hasChromium)(`decisions as they come ${NEEDS}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });

  test("X24: a list that stands still says how many came, and going on loses none of them; other tabs go on", async () => {
    await using scene = await openScene(browser);
    await using seen = await openPage(browser, { bypassCSP: true, storageState: scene.storageState });
    const { page, context } = seen;
    await page.goto(`${scene.office.running.publicUrl}/decisions?answer=all`);
    await expect.poll(() => rowsOf(page).count()).toBe(5);
    const other = await context.newPage();
    await other.goto(`${scene.office.running.publicUrl}/decisions?answer=allow`);
    await expect.poll(() => rowsOf(other).count()).toBe(2);
    await page.getByRole("button", { name: "Pause" }).click();
    for (let call = 0; call < 3; call++) await scene.agent.call("read_text_file", { path: "inbox/notice.md" });
    await page.getByText("3 newer").waitFor();
    expect(await rowsOf(page).count()).toBe(5);
    await expect.poll(() => rowsOf(other).count()).toBe(5);
    await page.reload();
    await page.getByText("live", { exact: true }).waitFor();
    await expect.poll(() => rowsOf(page).count()).toBe(5);
    await page.getByRole("button", { name: "Resume" }).click();
    await expect.poll(() => rowsOf(page).count()).toBe(8);
    expect(page.url()).toMatch(/\?answer=all$/);
  });

  test("X26: names that are hostile or without end are text in the list and in the whole, and nothing grows sideways", async () => {
    await using scene = await openScene(browser);
    await using seen = await openPage(browser, { bypassCSP: true, storageState: scene.storageState });
    const { page, said } = seen;
    // a path that no file can have is refused before it is a name; one that can be is kept as far as an entry keeps it
    const named = HOSTILE.replaceAll("/", "");
    await scene.agent.act("execute", "write_file", { path: `invoices/${named}.txt`, content: "x" }).catch(String);
    await scene.agent.call("read_text_file", { path: `invoices/${"y".repeat(1_000_000)}` }).catch(String);
    await page.goto(`${scene.office.running.publicUrl}/decisions?answer=all`);
    await expect.poll(() => rowsOf(page).count()).toBe(7);
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(await looks(page, "decisions-hostile")).toEqual([]);
    for (const at of [0, 1]) {
      await rowsOf(page).nth(at).getByRole("link").last().click();
      await page.getByRole("region", { name: "Why" }).waitFor();
      expect(await page.locator("main img, main script").count()).toBe(0);
      await page.keyboard.press("Escape");
      await rowsOf(page).first().waitFor();
    }
    expect(said).toEqual([]);
  });

  test("X23: observed is unmistakable: the row says what it would have been, and the page that nothing was held back", async () => {
    await using office = await openOffice({
      change: (config) => ({ ...config, mcp: { ...config.mcp, mode: "observe" } }),
    });
    await using agent = await office.connect();
    await agent.act("execute", "write_file", { path: "invoices/2041.txt", content: "total 1.00 EUR\n" });
    await using seen = await openPage(browser, { bypassCSP: true });
    const { page } = seen;
    await page.goto(linkOf(office).replace("/#", "/decisions#"));
    await page.getByText("Observing.").waitFor();
    const row = rowsOf(page).first();
    await row.waitFor();
    expect(await row.locator(".answer").textContent()).toBe("would deny");
    expect(await looks(page, "decisions-observed")).toEqual([]);
    await row.getByRole("link").last().click();
    await page.getByRole("heading", { level: 1, name: /^would deny/ }).waitFor();
    await page.getByText("This call was let through.").waitFor();
    expect(await looks(page, "decision-observed")).toEqual([]);
  });

  test("X23: nothing was ever asked: the page says what fills it", async () => {
    await using office = await openOffice();
    await using seen = await openPage(browser, { bypassCSP: true });
    const { page } = seen;
    await page.goto(linkOf(office).replace("/#", "/decisions?answer=all#"));
    await page.getByText("Nothing has been asked yet.").waitFor();
    expect(await page.getByText("npx bailiwick status").isVisible()).toBe(true);
    expect(await looks(page, "decisions-nothing")).toEqual([]);
    expect(page.url()).toMatch(/\/decisions\?answer=all$/);
  });
});
