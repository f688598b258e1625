// SPDX-License-Identifier: Apache-2.0
// A program is paired by a person with a real browser and a passkey: what is shown is what is signed, and the signature is
// in the record.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import type { Browser } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { openOffice } from "../support/office.ts";
import { sidecar } from "../support/sidecar.ts";
import { addAuthenticator, findings, hasChromium, linkOf, NEEDS, openBrowser, openPage, sideways } from "./world.ts";

const COMES = { timeout: 20_000 };

describe.skipIf(!hasChromium)(`pairing at the console ${NEEDS}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });

  test("I45, I53: the owner reads who asks, says what it may do, and confirms with a passkey", async () => {
    await using office = await openOffice({ demo: false, change: (config) => ({ ...config, people: {}, agents: {} }) });
    await using seen = await openPage(browser, { viewport: { width: 320, height: 800 }, bypassCSP: true });
    const { page } = seen;
    await addAuthenticator(seen);
    await page.goto(linkOf(office));
    await page.getByLabel("Your name").fill("Grace Hopper");
    await page.getByLabel("Country you work in").fill("FR");
    await page.getByRole("button", { name: "Make a passkey" }).click();
    await page.getByText("live", { exact: true }).waitFor(COMES);

    const home = await mkdtemp(path.join(tmpdir(), "bailiwick-home-"));
    const entry = sidecar("files", "--gate", office.running.publicUrl, "--blueprint", "invoice-helper", "--ephemeral");
    const transport = new StdioClientTransport({ ...entry, env: { ...entry.env, HOME: home }, stderr: "pipe" });
    let said = "";
    transport.stderr?.on("data", (piece: Buffer) => (said += piece.toString("utf8")));
    const client = new Client({ name: "desk", version: "1.0.0" });
    const connected = client.connect(transport);
    await expect.poll(() => said, COMES).toMatch(/http:\S+\/pair\/\S+/);
    const [address = ""] = /http:\S+\/pair\/[\w-]+/.exec(said) ?? [];
    const [fingerprint = ""] = /[0-9a-f]{4}(?:-[0-9a-f]{4}){4}/.exec(said) ?? [];

    await page.goto(address);
    await page.getByRole("heading", { name: /asks to be let in/ }).waitFor(COMES);
    await page.getByText(fingerprint).waitFor(COMES);
    expect(await findings(page)).toEqual([]);
    expect(await sideways(page)).toBe(0);
    await page.getByLabel("What for, in your words").fill("Read the invoices.");
    await page.getByLabel("Jurisdictions").fill("FR");
    await page.getByRole("button", { name: "Confirm with a passkey" }).click();
    await page.getByText("Confirmed. The program goes on by itself.").waitFor(COMES);
    await connected;
    const { content } = await client.callTool({ name: "read_text_file", arguments: { path: "invoices/2041.txt" } });
    expect(JSON.stringify(content)).toContain("2041");
    await client.close();
    await rm(home, { recursive: true, force: true });

    const decided: unknown[] = [];
    for await (const { entry: one } of office.running.entries.read({ from: 0, to: office.running.entries.size() }))
      if (one["name"] === "pairing.decided") decided.push(one["data"]);
    expect(decided).toMatchObject([{ outcome: "confirmed", acr: "phr", assertion: { purpose: "pairing" } }]);
    expect(seen.said.filter((line) => line.startsWith("error"))).toEqual([]);
  });
});
