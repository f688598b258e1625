// SPDX-License-Identifier: Apache-2.0
// Two people and one call that waits: the owner, on whose behalf it is asked, invites an approver, cannot approve it and reads
// why; the approver signs it with a passkey, and what was signed is in the record.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../../src/server/config.ts";
import { checkOffline } from "../../src/server/demo/check.ts";
import { type Office, openOffice, ROOT } from "../support/office.ts";
import {
  addAuthenticator,
  findings,
  hasChromium,
  linkOf,
  makePatient,
  NEEDS,
  openBrowser,
  openPage,
  sideways,
  tabTo,
} from "./world.ts";

const COMES = { timeout: 15_000 };
const NAME = "payments/7001.json";
const CONTENT = '{"note": "<b>pay</b> \u202egnihton"}';

/** Callers are told at once that they wait; the person typed the folder, so that the rule about payments alone asks. */
function impatient(config: Config): Config {
  const agents = Object.entries(config.agents).map(([name, { mandate, ...agent }]) => {
    const request = "Prepare what is due in ./payments please.";
    return [name, mandate === undefined ? agent : { ...agent, mandate: { ...mandate, request } }] as const;
  });
  return { ...config, agents: Object.fromEntries(agents), enforce: { ...config.enforce, holdMs: 20 } };
}

/** Asks for a payment, which a rule wants a person for. The call itself waits until somebody answers, or is asked again. */
async function askForPayment(office: Office): Promise<string> {
  const agent = await office.connect();
  await agent.act("execute", "write_file", { path: NAME, content: CONTENT });
  const { approvals } = office.running.queue;
  await expect.poll(() => approvals.list({ pending: true }).length, COMES).toBe(1);
  return approvals.list({ pending: true })[0]?.id ?? "";
}

async function join(page: Page, link: string, name?: string): Promise<void> {
  await page.goto(link);
  if (name !== undefined) {
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("Country you work in").fill("FR");
  }
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await page.getByText("live", { exact: true }).waitFor(COMES);
}

describe.skipIf(!hasChromium)(`approving with a passkey ${NEEDS}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });

  test("I53: the second person signs the exact call; the first one cannot, and reads why", async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-approve-"));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rm(dir, { recursive: true, force: true }));
    await makePatient(dir);
    await using office = await openOffice({ dir, demo: false, change: impatient });
    await using owner = await openPage(browser, { viewport: { width: 320, height: 900 }, bypassCSP: true });
    await using approver = await openPage(browser, { viewport: { width: 320, height: 900 }, bypassCSP: true });
    await addAuthenticator(owner);
    await addAuthenticator(approver);
    await join(owner.page, linkOf(office));

    await owner.page.goto(`${office.running.publicUrl}/people`);
    await owner.page.getByRole("button", { name: "Make a one-use link" }).waitFor(COMES);
    expect(await findings(owner.page)).toEqual([]);
    expect(await sideways(owner.page)).toBe(0);
    await owner.page.getByLabel("Because (the record keeps it)").fill("looks after payments");
    await tabTo(owner.page, "Make a one-use link");
    await owner.page.keyboard.press("Enter");
    const invitation = owner.page.locator("code.one-use");
    await invitation.waitFor(COMES);
    await join(approver.page, (await invitation.textContent()) ?? "", "Barbara Liskov");

    const id = await askForPayment(office);
    const address = `${office.running.publicUrl}/approve/${id}`;
    await owner.page.goto(address);
    await owner.page.getByRole("heading", { name: "This waits for approver." }).waitFor(COMES);
    await owner.page.getByText("It is asked on your behalf: another person has to agree.").waitFor(COMES);
    const seen = (await owner.page.locator("main").textContent()) ?? "";
    for (const part of ["payments/7001.json", "invoice-helper", "write_file"]) expect(seen).not.toContain(part);
    expect(await owner.page.getByRole("button", { name: "Approve this call, once" }).count()).toBe(0);
    expect(await findings(owner.page)).toEqual([]);

    await approver.page.goto(address);
    await approver.page.getByRole("heading", { name: /invoice-helper wants to execute, and asks you/ }).waitFor(COMES);
    const call = (await approver.page.locator("main").textContent()) ?? "";
    for (const part of ["payments-need-a-person", NAME, "<b>pay</b>", "Demo operator", "Nothing in the last hour."])
      expect(call).toContain(part);
    expect(call).not.toContain("\u202e");
    expect(await findings(approver.page)).toEqual([]);
    expect(await sideways(approver.page)).toBe(0);
    await approver.page.getByText("live", { exact: true }).waitFor(COMES);
    await tabTo(approver.page, "Approve this call, once");
    await approver.page.keyboard.press("Enter");
    await approver.page.getByText("Approved. The server has taken your yes.").waitFor(COMES);

    const agent = await office.connect();
    await agent.act("execute", "write_file", { path: NAME, content: CONTENT });
    expect(existsSync(path.join(office.world.files, NAME))).toBe(true);

    // a second program, which trusts nobody here, checks who agreed to what
    const { record, config, trustFile } = office.running;
    await record.checkpoint();
    const checked = await checkOffline(ROOT, path.join(config.dataDir, "record"), trustFile);
    expect(checked).toMatchObject({ ok: true, output: expect.stringContaining("1 signed by passkeys") as string });

    // whoever comes second sees who, when and what became of it
    await approver.page.reload();
    await approver.page.getByRole("heading", { name: "It is approved by Barbara Liskov." }).waitFor(COMES);
    expect(approver.said.filter((line) => line.startsWith("error"))).toEqual([]);
  });
});
