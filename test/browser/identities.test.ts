// SPDX-License-Identifier: Apache-2.0
// Who is here, in front of a real server: the list, one of them, and what a person takes away.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { looks, openScene, type Scene } from "./scene.ts";
import { hasChromium, NEEDS, openBrowser, openPage, type Seen } from "./world.ts";

const HELPER = "spiffe://office.example/agent/invoice-helper";
const READ = { path: "invoices/2041.txt" };

describe.skipIf(!hasChromium)(`the screen Identities ${NEEDS}`, () => {
  let browser: Browser;
  let scene: Scene;
  beforeAll(async () => {
    browser = await openBrowser();
    scene = await openScene(browser);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  async function open(place: string): Promise<Seen> {
    const seen = await openPage(browser, { bypassCSP: true, storageState: scene.storageState });
    await seen.page.goto(`${scene.office.running.publicUrl}${place}`);
    await seen.page.getByText("live", { exact: true }).waitFor();
    return seen;
  }

  test("X37: who is here, who answers for them, sorted and narrowed in the address", async () => {
    await using seen = await open("/identities");
    const { page, said } = seen;
    const rows = page.getByRole("table", { name: "Identities" }).locator("tbody tr");
    await rows.first().waitFor();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(
      "3 of 3 identities are active. Nobody is contained.",
    );
    await page.getByLabel("Kind").selectOption("agent");
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.first().textContent()).toMatch(/^invoice-helper.*agent.*active/);
    expect(page.url()).toMatch(/\/identities\?kind=agent$/);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("button", { name: "Kind" }).click();
    await expect.poll(() => page.url()).toMatch(/\?sort=kind$/);
    expect(await page.getByRole("columnheader", { name: "Kind" }).getAttribute("aria-sort")).toBe("ascending");
    await page.reload();
    await rows.first().waitFor();
    expect(await rows.first().textContent()).toMatch(/^invoice-helper/);
    expect(await looks(page, "identities")).toEqual([]);
    expect(said).toEqual([]);
  });

  test("X37: one of them: mandates and tokens that are alive, keys and their last proof, what it touched", async () => {
    await using seen = await open(`/identities/${encodeURIComponent(HELPER)}`);
    const { page, said } = seen;
    await page
      .getByRole("heading", { level: 1, name: /^active invoice-helper: 1 open mandate, \d+ live tokens?$/ })
      .waitFor();
    const mandates = page.getByRole("region", { name: "Mandates that are open" });
    expect(await mandates.textContent()).toContain("view, execute, share");
    expect(await page.getByRole("region", { name: "Running copies" }).textContent()).toMatch(
      /desk-1.*proved itself last \d{4}/,
    );
    await page.getByRole("region", { name: "What it touched" }).getByRole("table").waitFor();
    expect(await looks(page, "identity")).toEqual([]);
    expect(said).toEqual([]);
  });
});

describe.skipIf(!hasChromium)(`what is done to an identity on its page ${NEEDS}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });

  test("X25: containing asks for the name, shows what was touched, and is done when every gate has said so", async () => {
    await using scene = await openScene(browser);
    await using seen = await openPage(browser, { bypassCSP: true, storageState: scene.storageState });
    const { page } = seen;
    await page.goto(`${scene.office.running.publicUrl}/identities/${encodeURIComponent(HELPER)}`);
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Contain" }).click();
    const dialog = page.getByRole("dialog", { name: "Isolate invoice-helper" });
    await dialog.getByText(/^In the last 24 hours it touched/).waitFor();
    const act = dialog.getByRole("button", { name: "Contain" });
    expect(await act.getAttribute("aria-disabled")).toBe("true");
    await dialog.getByLabel(/type its name/).fill("invoice-helper");
    expect(await dialog.textContent()).toContain("Say why first.");
    await dialog.getByLabel(/^Why\?/).fill("it pays too much");
    expect(await act.getAttribute("aria-disabled")).toBe("false");
    expect(await looks(page, "contain")).toEqual([]);
    await page.keyboard.press("Enter");
    await page.getByText("Isolated: 1 of 1 gate stopped it.").waitFor();
    await page.getByRole("heading", { level: 1, name: /^isolated *invoice-helper/ }).waitFor();
    expect(await page.getByRole("button", { name: "Contain" }).getAttribute("aria-disabled")).toBe("true");
    expect(await scene.agent.call("read_text_file", READ)).toMatchObject({ isError: true });
  });

  test("experience 4: a session that ends under a form is said in it, and what was typed stays", async () => {
    await using scene = await openScene(browser);
    await using seen = await openPage(browser, { bypassCSP: true, storageState: scene.storageState });
    const { page, context } = seen;
    await page.goto(`${scene.office.running.publicUrl}/identities/${encodeURIComponent(HELPER)}`);
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Suspend" }).click();
    const dialog = page.getByRole("dialog", { name: "Suspend invoice-helper" });
    await dialog.getByLabel(/type its name/).fill("invoice-helper");
    await dialog.getByLabel(/^Why\?/).fill("looking into it");
    await context.clearCookies();
    await page.keyboard.press("Enter");
    await dialog.getByText("Your session has ended. Sign in here; what you typed stays.").waitFor();
    expect(await dialog.getByLabel(/^Why\?/).inputValue()).toBe("looking into it");
    expect(await dialog.getByRole("button", { name: /passkey/i }).count()).toBe(1);
    expect(scene.office.running.entries.size()).toBeGreaterThan(0);
    expect(await looks(page, "suspend-signed-out")).toEqual([]);
  });
});
