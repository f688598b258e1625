// SPDX-License-Identifier: Apache-2.0
// A second person at the screen Policies: sees what a set changes, agrees with a passkey, rolls it out and takes it back, by
// keyboard; in light and dark, wide and narrow.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Office, openOffice } from "../support/office.ts";
import { signIn } from "../support/person.ts";
import { looks } from "./scene.ts";
import { addAuthenticator, hasChromium, NEEDS, openBrowser, openPage, tabTo } from "./world.ts";

const COMES = { timeout: 15_000 };
const READS = `
@id("tools") permit (principal, action in [Action::"view", Action::"execute"], resource is Tool);
@id("reads") permit (principal, action == Action::"view", resource in Collection::"files");
`;
const MORE =
  '@id("reports") permit (principal, action == Action::"execute", resource in Collection::"files/reports");\n';

describe.skipIf(!hasChromium)(`the screen Policies ${NEEDS}`, () => {
  let dir: string;
  let office: Office;
  let browser: Browser;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "bailiwick-policies-"));
    office = await openOffice({
      dir,
      demo: false,
      policies: READS,
      change: (config) => ({ ...config, policies: { ...config.policies, watch: false, fourEyes: true } }),
    });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await office[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  test("X38: a second person sees what changes, signs it, rolls it out and takes it back", {
    timeout: 120_000,
  }, async () => {
    const { client } = await signIn(office.running.setupLink ?? "", "Ada");
    const folder = office.running.config.policies.dir;
    const read = async (name: string): Promise<{ path: string; text: string }> => ({
      path: name,
      text: await readFile(path.join(folder, name), "utf8"),
    });
    const files = [
      await read("bailiwick.yaml"),
      await read("schema.cedarschema"),
      { path: "rules.cedar", text: READS + MORE },
    ];
    const published = await client.policies.publish(files, "reports are written by agents too");
    const digest = "kept" in published ? published.kept.digest.slice("sha256:".length) : "";
    const { link } = await client.invite({ roles: ["operator"], because: "a second pair of eyes" });

    await using seen = await openPage(browser, { bypassCSP: true });
    const { page } = seen;
    await addAuthenticator(seen);
    await page.goto(link);
    await page.getByLabel("Your name").fill("Bob");
    await page.getByLabel("Country you work in").fill("FR");
    await page.getByRole("button", { name: "Make a passkey" }).click();
    await page.getByText("live", { exact: true }).waitFor(COMES);

    await page.keyboard.press("g");
    await page.keyboard.press("p");
    await page.getByText("1 thing waits for a second person.").waitFor(COMES);
    await page.getByText("Nothing was released yet").waitFor(COMES);
    await page.goto(`${office.running.publicUrl}/policies/sets/${digest}`);
    await page.getByText("A question that is answered otherwise").waitFor(COMES);
    expect(await page.locator("main").textContent()).toMatch(/Addedreports[^]*before deny; after allow \(reports\)/);
    expect(await looks(page, "policy-set")).toEqual([]);

    await tabTo(page, "Agree with a passkey");
    await page.keyboard.press("Enter");
    await page.getByText("You agreed. It may be rolled out.").waitFor(COMES);
    await page.getByLabel("Why", { exact: true }).fill("a small share first");
    await page.keyboard.press("Enter");
    await page.getByText("It was rolled out for everybody, 10 % of them.").waitFor(COMES);

    await page.getByRole("link", { name: "Back to the policies" }).click();
    const row = page.getByRole("table", { name: "Releases" }).getByRole("link");
    await row.waitFor(COMES);
    expect(await looks(page, "policies")).toEqual([]);
    await row.click();
    await tabTo(page, "Roll back");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByLabel("Why? It goes into the record.").fill("it was only tried");
    await page.keyboard.press("Enter");
    await page.getByText("rolled back by Bob alone: another person has to agree by").waitFor(COMES);
    expect(await looks(page, "policy-release")).toEqual([]);
    expect((await client.policies.releases()).releases).toMatchObject([{ state: "retired", percent: 10 }]);
    expect(seen.said.filter((line) => line.startsWith("error"))).toEqual([]);
  });
});
