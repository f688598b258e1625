// SPDX-License-Identifier: Apache-2.0
// Stock clients of both generations of the MCP SDK get to the gate through the sidecar, started as a desktop client starts
// it, and neither they nor the disk ever hold a token.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Client as NewClient } from "@modelcontextprotocol/client";
import { StdioClientTransport as NewStdio } from "@modelcontextprotocol/client/stdio";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OldStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { personFor } from "../../src/server/demo/person.ts";
import { systemTimers } from "../../src/server/system.ts";
import { type Office, openOffice } from "../support/office.ts";
import { clientConfig, type ServerEntry, sidecar } from "../support/sidecar.ts";

const INFO = { name: "desk", version: "1.0.0" };

function keyWords(office: Office): string[] {
  const key = path.join(office.world.office, "keys", "desk-1.jwk.json");
  return ["--gate", office.running.publicUrl, "--key", key, "--instance", office.world.agent.clientId];
}

/** A client that does no more than any does, whichever SDK it is made of. */
interface Stock extends AsyncDisposable {
  tools(): Promise<string[]>;
  call(name: string, args: Record<string, unknown>): Promise<string>;
  readonly stderr: () => string;
}

type Generation = "1.32" | "2";

async function stock(generation: Generation, entry: ServerEntry): Promise<Stock> {
  const options = { ...entry, stderr: "pipe" } as const;
  const transport = generation === "2" ? new NewStdio(options) : new OldStdio(options);
  let said = "";
  transport.stderr?.on("data", (piece: Buffer) => (said += piece.toString("utf8")));
  const client = generation === "2" ? new NewClient(INFO) : new OldClient(INFO);
  await (client as OldClient).connect(transport);
  return {
    stderr: () => said,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    async call(name, args) {
      const result = await (client as OldClient).callTool({ name, arguments: args });
      return (result.content as { text?: string }[]).map(({ text = "" }) => text).join("\n");
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

describe("bailiwick connect", () => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice();
  });
  afterAll(() => office[Symbol.asyncDispose]());

  it.each<Generation>(["1.32", "2"])(
    "I44: a stock client of SDK %s reads and writes through it",
    async (generation) => {
      const file = path.join(office.dir, `client-${generation}.json`);
      const entryOf = await clientConfig(file, { files: sidecar("files", ...keyWords(office)) });
      const before = office.running.entries.size();
      await using client = await stock(generation, entryOf("files"));
      expect(await client.tools()).toContain("read_text_file");
      expect(await client.call("read_text_file", { path: "invoices/2041.txt" })).toContain("2041");
      const note = `reports/note-${generation}.txt`;
      const asked = personFor(office.running.queue, systemTimers, {
        answers: "yes",
        say: () => undefined,
        signal: new AbortController().signal,
      });
      await client.call("write_file", { path: note, content: "all is well" });
      expect(await asked).toBe("approved");
      expect(await readFile(path.join(office.world.files, note), "utf8")).toBe("all is well");
      const verbs: unknown[] = [];
      for await (const { entry } of office.running.entries.read({ from: before, to: office.running.entries.size() }))
        if (entry["type"] === "decision" || entry["type"] === "intent") verbs.push(entry["act"]);
      expect(verbs.length).toBeGreaterThan(1);
    },
  );
});
