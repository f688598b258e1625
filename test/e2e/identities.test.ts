// SPDX-License-Identifier: Apache-2.0
// Who is here, on what mandates and with which live credentials, over HTTP; and what a person takes away there is gone at
// the very next call.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, createClient } from "../../src/sdk/index.ts";
import { type Office, openOffice } from "../support/office.ts";
import { BIN } from "../support/sidecar.ts";

const HELPER = "spiffe://office.example/agent/invoice-helper";
const READ = { path: "invoices/2041.txt" };

describe("identities over HTTP", () => {
  let office: Office;
  let client: Client;
  beforeEach(async () => {
    office = await openOffice();
    const token = (await readFile(path.join(office.running.config.dataDir, "cli-token"), "utf8")).trim();
    client = createClient({ baseUrl: office.running.publicUrl, token });
  });
  afterEach(() => office[Symbol.asyncDispose]());

  it.each(["identities", "mandates", "sessions"])("nobody reads /api/%s without showing who asks", async (list) => {
    const { status } = await fetch(`${office.running.publicUrl}/api/${list}`);
    expect(status).toBe(401);
  });

  it("I24: the agent, its instance, its mandate and its tokens that are good now are listed", async () => {
    await using agent = await office.connect();
    await agent.call("read_text_file", READ);
    const { identities } = await client.identities();
    const helper = identities.find(({ id }) => id === HELPER);
    expect(helper).toMatchObject({ kind: "agent", status: "active", blueprint: "invoice-helper@1" });
    expect(helper?.instances.map(({ name, lastProof }) => [name, lastProof !== undefined])).toEqual([["desk-1", true]]);
    const { mandates } = await client.mandates(HELPER);
    expect(mandates.map(({ state, verbs }) => [state, verbs])).toEqual([["open", ["view", "execute", "share"]]]);
    const { sessions, complete } = await client.sessions(HELPER);
    expect(sessions.at(-1)).toMatchObject({ instance: `${HELPER}/desk-1`, verbs: ["view"], mandate: mandates[0]?.id });
    expect(complete).toBe(false);
  });

  it("I35: a token that a person takes away is refused from then on, and another one is not", async () => {
    await using agent = await office.connect();
    await agent.call("read_text_file", READ);
    const mine = (await client.sessions(HELPER)).sessions.at(-1)?.jti ?? "";
    await client.revoke(mine, "shown to somebody");
    await expect(agent.call("read_text_file", READ)).rejects.toThrow(/./);
    expect((await client.sessions(HELPER)).sessions.map(({ jti }) => jti)).not.toContain(mine);
    await using other = await office.connect();
    expect((await other.call("read_text_file", READ)).text).toContain("2041");
  });

  it("I3, I4: who is suspended has no token and no call, and is not resumed by the same person", async () => {
    await using agent = await office.connect();
    await agent.call("read_text_file", READ);
    expect((await client.moveIdentity(HELPER, "suspend", "looking into it")).status).toBe("suspended");
    expect((await client.sessions(HELPER)).sessions).toEqual([]);
    await expect(agent.call("read_text_file", READ)).rejects.toThrow(/./);
    await expect(client.moveIdentity(HELPER, "resume", "all is well")).rejects.toThrow(/another person/);
    await expect(client.moveIdentity(HELPER, "suspend", " ")).rejects.toThrow(/because/);
    await expect(client.moveIdentity(`${HELPER}-2`, "suspend", "no such")).rejects.toThrow(/no such identity/);
  });

  it("X15: the command lists, enrols, opens and closes a mandate, revokes and retires, each with its reason", async () => {
    await using agent = await office.connect();
    await agent.call("read_text_file", READ);
    const command = (...words: string[]): Promise<{ code: number; out: string; err: string }> =>
      new Promise((resolve) => {
        const line = [BIN, "identity", ...words, "--data", office.running.config.dataDir];
        execFile(process.execPath, line, { cwd: office.dir }, (fault, out, err) =>
          resolve({ code: typeof fault?.code === "number" ? fault.code : 0, out, err }),
        );
      });
    expect((await command("list", "--plain")).out).toContain(`${HELPER}\tactive\t`);
    expect((await command("enrol", HELPER, "--because", "a second desk")).out).toMatch(/^[\w-]{43}\n$/);
    expect((await command("enrol", HELPER)).code).toBe(2);
    const terms = ["--request", "look", "--servers", "outbox", "--purpose", "billing", "--jurisdictions", "FR"];
    const opened = await command("mandate", "open", HELPER, ...terms, "--because", "asked", "--json");
    const { id } = JSON.parse(opened.out) as { id: string };
    expect((await command("mandate", "show", id)).out).toContain("open");
    expect((await command("mandate", "close", id, "--because", "done")).out).toContain("closed");
    const jti = (await client.sessions(HELPER)).sessions.at(-1)?.jti ?? "";
    expect((await command("revoke", jti, "--because", "shown")).out).toContain(jti);
    expect((await command("retire", HELPER, "--because", "over")).code).toBe(2);
    expect((await command("retire", `${HELPER}/desk-1`, "--because", "over", "--yes")).out).toContain("retired");
    expect((await command("pairing", "list")).err).toContain("no program waits");
  });
});
