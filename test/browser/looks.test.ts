// SPDX-License-Identifier: Apache-2.0
// How the console looks: light and dark, wide and narrow, full and empty, with no barrier that axe knows and nothing that
// has to be moved sideways. With BAILIWICK_PICTURES pictures of it land in node_modules/.cache/pictures; docs/images/ has those that were looked at.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openOffice } from "../support/office.ts";
import { HOSTILE, looks, openScene, PICTURES, type Scene } from "./scene.ts";
import { findings, hasChromium, linkOf, NEEDS, openBrowser, openPage, sideways } from "./world.ts";

/** Nothing was in flight at a point. */
const NOTHING_LEFT = { aborted: 0, bytesAfterOrder: 0, upstreamUnknown: 0 };

/** That long from now. */
function at(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

function clock(change: object): object {
  const words = { incident: "INC-1", duty: "EU-GDPR-33", stage: "first", recipient: "CNIL", kind: "hard", why: "" };
  const row = { entity: "office", citation: "Art. 33(1)", review: "unreviewed", verdict: "applies", projected: null };
  return { ...words, ...row, waitingFor: [], derivation: [], ...change };
}

describe.skipIf(!hasChromium)(`how the console looks ${NEEDS}`, () => {
  let browser: Browser;
  let scene: Scene;
  beforeAll(async () => {
    browser = await openBrowser();
    scene = await openScene(browser);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  test("X30: a call waits, decisions were made", async () => {
    await using seen = await scene.open();
    const { page } = seen;
    expect(await looks(page, "now")).toEqual([]);
  });

  test("X30: the settings are open", async () => {
    await using seen = await scene.open();
    const { page } = seen;
    await page.getByRole("button", { name: "Settings" }).click();
    expect(await looks(page, "settings")).toEqual([]);
  });

  test("X30: the counts as a table", async () => {
    await using seen = await scene.open();
    const { page } = seen;
    await page.getByText("The same as a table").click();
    const cells = await page
      .getByRole("table", { name: "Decisions in each minute" })
      .getByRole("cell")
      .allTextContents();
    const sum = cells.filter((_, i) => i % 6 === 0).reduce((all, text) => all + Number(text), 0);
    expect(sum).toBe(5);
    expect(await looks(page, "table")).toEqual([]);
  });

  test("X44: the theme that was chosen stands over the system's, and is still there after a reload", async () => {
    await using seen = await scene.open();
    const { page } = seen;
    const ground = (): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
    await page.emulateMedia({ colorScheme: "light" });
    expect(await ground()).toBe("rgb(255, 255, 255)");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("Dark").check();
    expect(await ground()).toBe("rgb(20, 23, 26)");
    await page.reload();
    await page.getByRole("article").waitFor();
    expect(await ground()).toBe("rgb(20, 23, 26)");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("As the system has them").check();
    await page.getByRole("button", { name: "Close" }).click();
    expect(await ground()).toBe("rgb(255, 255, 255)");
  });

  test("X45: the bars have the colours of the tokens, in light and in dark", async () => {
    await using seen = await scene.open();
    const { page } = seen;
    const fill = (): Promise<string> =>
      page.evaluate("getComputedStyle(document.querySelector('rect[data-answer=deny]')).fill");
    await page.emulateMedia({ colorScheme: "light" });
    expect(await fill()).toBe("rgb(179, 38, 30)");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await fill()).toBe("rgb(255, 154, 144)");
    await page.emulateMedia({ colorScheme: "light" });
  });

  test("X30: with forced colours and at 200 % nothing is lost", async () => {
    await using seen = await scene.open();
    const { page } = seen;
    await page.emulateMedia({ forcedColors: "active" });
    expect(await page.getByRole("button", { name: "Approve this call, once" }).isVisible()).toBe(true);
    await page.screenshot({ path: path.join(PICTURES, "now-forced.png"), fullPage: true });
    await page.emulateMedia({ forcedColors: "none" });
    // 200 % of a window of 1280 px is a window of 640
    await page.setViewportSize({ width: 640, height: 450 });
    expect(await sideways(page)).toBe(0);
    expect(await page.getByRole("button", { name: "Refuse" }).isVisible()).toBe(true);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test("X25, X40: who is stopped comes first, gate by gate; clocks show both readings", async () => {
    await using seen = await openPage(browser, { bypassCSP: true, storageState: scene.storageState });
    const { page } = seen;
    const answers = {
      session: { signedIn: true, lists: ["approvals", "containments", "clocks"] },
      containments: {
        containments: [
          {
            id: "c1",
            effect: "isolate",
            scope: { kind: "identity", id: "spiffe://office.example/agent/invoice-helper" },
            because: "used a planted credential",
            state: "partial",
            orderedAt: at(-9000),
            recorded: true,
            standing: false,
            by: ["system"],
            conditions: [],
            points: [
              { point: "main/mcp", ms: 9, state: "acked", refusedProbe: true, ...NOTHING_LEFT },
              { point: "west/mcp", ms: 250, state: "lost", refusedProbe: false, ...NOTHING_LEFT },
            ],
            automatic: true,
          },
        ],
      },
      clocks: {
        clocks: [
          clock({ strict: at(3 * 3_600_000), latest: at(72 * 3_600_000), state: "running" }),
          clock({ stage: "final", strict: null, latest: null, state: "waiting", waitingFor: ["the first notice"] }),
          clock({ duty: "UK-GDPR-33", strict: at(-60_000), latest: at(60_000), state: "strict-passed" }),
        ],
      },
    };
    for (const [name, body] of Object.entries(answers))
      await page.route(`**/api/${name}`, (route) => route.fulfill({ json: body }));
    await page.goto(scene.office.running.publicUrl);
    const stopped = page.getByRole("region", { name: "Contained" });
    await stopped.getByText("west/mcp").waitFor();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toMatch(
      /^invoice-helper: isolate\. Ordered, 1 of 2 gates\. 1 call waits/,
    );
    expect(await stopped.textContent()).toContain("ordered, 1 of 2 gates stopped it");
    const rows = await page.getByRole("table", { name: "Duties" }).getByRole("row").allTextContents();
    expect(rows[1]).toMatch(/2 h 59 min left .*2 d 23 h left/);
    expect(rows[2]).toContain("waits for the first notice");
    expect(rows[3]).toMatch(/1 min \d s past/);
    expect(await looks(page, "contained")).toEqual([]);
  });

  test("X23: what cannot be read says so with its code, is never taken for nothing, and can be tried again", async () => {
    await using seen = await scene.open();
    const { page } = seen;
    const broken = { status: 500, body: '{"title":"Something is broken here","code":"API_INTERNAL"}' };
    const lists = ["**/api/decisions?*", "**/api/approvals"];
    for (const list of lists) await page.route(list, (route) => route.fulfill(broken));
    await page.reload();
    const waits = page.getByRole("region", { name: "Waits for a person" });
    const latest = page.getByRole("region", { name: "Latest decisions" });
    for (const panel of [waits, latest]) {
      // while it is asked again the fault is away for a moment
      await panel.getByText("API_INTERNAL").waitFor();
    }
    expect(await waits.textContent()).not.toContain("No call waits");
    expect(await findings(page)).toEqual([]);
    await page.unroute("**/api/decisions?*");
    await latest.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("table", { name: "The newest decisions" }).waitFor();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toMatch(
      /^What waits for a person could not be/,
    );
    await page.unroute("**/api/approvals");
    await waits.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("article").waitFor();
    expect(await waits.getByRole("alert").count()).toBe(0);
  });
});

describe.skipIf(!hasChromium)(`what people and agents do to the console ${NEEDS}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });

  test("X26: what an agent wrote is text, and what cannot be seen is a mark; where it does not belong is said", async () => {
    await using scene = await openScene(browser);
    await using seen = await scene.open();
    const { page, said } = seen;
    await scene.agent.act("execute", "write_file", {
      path: "payments/x.json",
      content: `${HOSTILE}${"y".repeat(9000)}`,
    });
    const call = page.getByRole("article", { name: /payments\/x\.json/ });
    await call.waitFor();
    const marks = await call.locator(".unseen").allTextContents();
    expect(marks).toEqual(["U+202E", "U+2066", "U+200B"]);
    expect(await call.locator("img, script").count()).toBe(0);
    const text = (await call.textContent()) ?? "";
    expect(text).toContain("<img src=x onerror=");
    expect(text).not.toContain("y".repeat(2001));
    expect(text).toContain("Not from where it should come");
    const approve = call.getByRole("button", { name: "Approve this call, once" });
    expect(await approve.getAttribute("aria-disabled")).toBe("true");
    expect(text).toContain("Read all of it first:");
    await call.getByRole("button", { name: /more characters/ }).click();
    expect(await approve.getAttribute("aria-disabled")).toBe("false");
    expect(await call.textContent()).toContain("y".repeat(9000));
    expect(await looks(page, "hostile")).toEqual([]);
    expect(said).toEqual([]);
  });

  test("experience 4: two people answer one call: the second is told what became of it", async () => {
    await using scene = await openScene(browser);
    await using seen = await scene.open();
    const { page } = seen;
    const call = page.getByRole("article", { name: /payments\/2041\.json/ });
    await page.route("**/approve", async (route) => {
      const id = /approvals\/([^/]+)\//.exec(route.request().url())?.[1];
      const { approvals, demoKey } = scene.office.running.queue;
      const asked = approvals.list({ pending: true }).find((one) => one.id === id);
      if (asked !== undefined && demoKey !== undefined)
        approvals.refuse(asked.id, demoKey.person, "the first was faster");
      await route.continue();
    });
    await call.getByRole("button", { name: "Approve this call, once" }).click();
    const told = page.getByRole("status").filter({ hasText: "Your answer does not count." });
    await told.waitFor();
    expect(await told.textContent()).toContain("approval_decided: it is denied, because: the first was faster");
    expect(await told.textContent()).toContain("API_APPROVAL_REFUSED");
    await expect.poll(() => call.count()).toBe(0);
    await page.unroute("**/approve");
  });

  test("X24: nothing moves under the pointer; what came is shown when it leaves", async () => {
    await using scene = await openScene(browser);
    await using seen = await scene.open();
    const { page } = seen;
    const rows = page.getByRole("table", { name: "The newest decisions" }).getByRole("row");
    const before = await rows.count();
    await rows.nth(1).hover();
    await scene.agent.call("read_text_file", { path: "inbox/notice.md" });
    await page.getByText("1 new decision comes when you leave the table").waitFor();
    expect(await rows.count()).toBe(before);
    await page.getByRole("heading", { level: 1 }).hover();
    await expect.poll(() => rows.count()).toBe(before + 1);
    expect(await rows.nth(1).textContent()).toContain("files/inbox/notice.md");
  });

  test("experience 5: a server that comes back is live again, with the same session and everything that happened", async () => {
    const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-back-"));
    const first = await openOffice({ dir });
    const port = Number(new URL(first.running.publicUrl).port);
    await using seen = await openPage(browser);
    const { page } = seen;
    try {
      await page.goto(linkOf(first));
      await page.getByText("Nothing has been asked yet.").first().waitFor();
    } finally {
      await first[Symbol.asyncDispose]();
    }
    await page.getByText(/^Not live since/).waitFor({ timeout: 5000 });
    const second = await openOffice({ dir, change: (config) => ({ ...config, port }) });
    try {
      await using agent = await second.connect();
      await agent.call("read_text_file", { path: "inbox/notice.md" });
      await expect.poll(() => page.getByText("Not live since").count(), { timeout: 15_000 }).toBe(0);
      await page.getByText("view files/inbox/notice.md").first().waitFor();
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("1 decision in the last minute");
    } finally {
      await second[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true });
    }
  });

  test("experience 4: signed out, and a link that was used: both say how to get in", async () => {
    await using scene = await openScene(browser);
    await using seen = await scene.open();
    const { page } = seen;
    const other = await seen.context.newPage();
    await other.goto(scene.office.running.publicUrl);
    await other.getByText("live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await other.getByText("Your session has ended.").waitFor({ timeout: 5000 });
    expect(await other.getByRole("button", { name: "Refuse" }).getAttribute("aria-disabled")).toBe("true");
    await page.getByRole("heading", { level: 1, name: "You are not signed in" }).waitFor();
    expect((await page.getByRole("alert").allTextContents()).join("")).toBe("");
    expect(await looks(page, "signed-out")).toEqual([]);
    await using late = await openPage(browser);
    await late.page.goto(linkOf(scene.office));
    const told = late.page.getByRole("alert").filter({ hasText: "This link opens nothing any more." });
    await told.waitFor();
    expect(await told.textContent()).toMatch(/it was used at \d{4}-.* API_SETUP_REFUSED$/);
    expect(late.page.url()).not.toContain("setup");
  });
});
