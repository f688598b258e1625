// SPDX-License-Identifier: Apache-2.0
// A program that was never here before: it makes a key, waits for a person, is told where, and goes on once the person has
// confirmed it. What nobody confirmed is not let in; what was confirmed can be taken away.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, createClient, type MandateWish, type PairingView } from "../../src/sdk/index.ts";
import { type Office, openOffice } from "../support/office.ts";
import { sidecar } from "../support/sidecar.ts";

const MANDATE: MandateWish = {
  request: "Read the invoices.",
  verbs: ["view"],
  locations: ["files"],
  labelMax: "confidential",
  jurisdictions: ["FR"],
  purpose: "billing.invoices",
  hours: 8,
};

/** A desktop program with a home of its own. */
class Desk {
  readonly client = new OldClient({ name: "desk", version: "1.0.0" });
  readonly home: string;
  private readonly transport: StdioClientTransport;
  private said = "";

  constructor(office: Office, home: string, ...words: string[]) {
    this.home = home;
    const entry = sidecar("files", "--gate", office.running.publicUrl, "--blueprint", "invoice-helper", ...words);
    this.transport = new StdioClientTransport({ ...entry, env: { ...entry.env, HOME: home }, stderr: "pipe" });
    this.transport.stderr?.on("data", (piece: Buffer) => (this.said += piece.toString("utf8")));
  }

  get stderr(): string {
    return this.said;
  }

  connect(): Promise<void> {
    return this.client.connect(this.transport);
  }

  async read(): Promise<string> {
    const { content } = await this.client.callTool({
      name: "read_text_file",
      arguments: { path: "invoices/2041.txt" },
    });
    return (content as { text?: string }[]).map(({ text = "" }) => text).join("\n");
  }
}

describe("pairing", () => {
  let office: Office;
  let person: Client;
  let home: string;
  beforeEach(async () => {
    office = await openOffice();
    home = await mkdtemp(path.join(tmpdir(), "bailiwick-home-"));
    const entered = await fetch(`${office.running.publicUrl}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ setup: new URL(office.running.setupLink ?? "").hash.slice("#setup=".length) }),
    });
    const cookie = (entered.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    person = createClient({
      baseUrl: office.running.publicUrl,
      fetch: (url, init) => fetch(url, { ...init, headers: { ...(init.headers as object), cookie } }),
    });
  });
  afterEach(async () => {
    await office[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  async function waiting(): Promise<PairingView> {
    await expect.poll(() => person.pairings(), { timeout: 20_000 }).not.toEqual([]);
    const [pairing] = await person.pairings();
    if (pairing === undefined) throw new Error("nothing waits");
    return pairing;
  }

  it("I45: the person sees host, user, key and server, confirms, and the waiting program goes on by itself", async () => {
    const desk = new Desk(office, home);
    const connected = desk.connect();
    const pairing = await waiting();
    expect(pairing).toMatchObject({ blueprint: "invoice-helper", server: "files", remote: false, state: "pending" });
    await expect.poll(() => desk.stderr).toContain(`/pair/${pairing.ref}`);
    expect(desk.stderr).toContain(pairing.fingerprint);
    const { digest, options } = await person.pairingTerms(pairing.ref, MANDATE);
    expect(options).toBeUndefined();
    const instance = await person.confirmPairing(pairing.ref, MANDATE, { digest });
    await connected;
    expect(await desk.read()).toContain("2041");

    const file = path.join(home, ".config", "bailiwick", "keys");
    const [gate = ""] = await readdir(file);
    const kept = path.join(file, gate, "invoice-helper.files.json");
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(kept))).mode & 0o777).toBe(0o700);
    const words = await readFile(kept, "utf8");
    const [session] = (await person.sessions()).sessions.filter((one) => one.instance === instance);
    expect(session?.verbs).toEqual(["view"]);
    expect(words).not.toContain("eyJ");
    await desk.client.close();

    const again = new Desk(office, home);
    await again.connect();
    expect(await again.read()).toContain("2041");
    expect((await person.pairings()).filter(({ state }) => state === "pending")).toEqual([]);
    await person.retireInstance(instance, "the laptop was lost");
    await expect(again.read()).rejects.toThrow(/bailiwick connect: the gate|not active/);
    await again.client.close();
  });

  it("I45: other terms than those that were shown are not confirmed, and nobody confirms without a session", async () => {
    const desk = new Desk(office, home, "--ephemeral");
    const connected = desk.connect().catch((fault: unknown) => String(fault));
    const { ref } = await waiting();
    const { digest } = await person.pairingTerms(ref, MANDATE);
    const wider: MandateWish = { ...MANDATE, verbs: ["view", "execute"] };
    await expect(person.confirmPairing(ref, wider, { digest })).rejects.toThrow(/not of what was shown/);
    const token = (await readFile(path.join(office.running.config.dataDir, "cli-token"), "utf8")).trim();
    const host = createClient({ baseUrl: office.running.publicUrl, token });
    await expect(host.confirmPairing(ref, MANDATE, { digest })).rejects.toThrow(/a person who is signed in/);
    const stranger = await fetch(`${office.running.publicUrl}/api/pairings/${ref}/confirm`, {
      method: "POST",
      body: "{}",
    });
    expect(stranger.status).toBe(401);

    await person.refusePairing(ref, "I did not start that");
    expect(await connected).toMatch(/somebody refused this pairing/);
    await expect(person.confirmPairing(ref, MANDATE, { digest })).rejects.toThrow(/does not wait any more/);
    await expect(readdir(home)).resolves.toEqual([]);
  });

  it("I15: a ticket enrols one key, once", async () => {
    const { ticket } = await person.ticket("spiffe://office.example/agent/invoice-helper", "a second desk");
    const file = path.join(home, "ticket");
    await writeFile(file, `${ticket}\n`, { mode: 0o600 });
    const desk = new Desk(office, home, "--ephemeral", "--ticket", file);
    await desk.connect();
    expect(await desk.read()).toContain("2041");
    await desk.client.close();
    const second = new Desk(office, home, "--ephemeral", "--ticket", file);
    await expect(second.connect()).rejects.toThrow(/the ticket is unknown, spent or too old/);
  });
});
