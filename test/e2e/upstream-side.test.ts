// SPDX-License-Identifier: Apache-2.0
// Seen from the upstream: what is refused never reaches it, what reaches it is what was judged, and a client cannot give it
// other folders.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  Client,
  DpopSession,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
  type Transport,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, test } from "vitest";
import { type Office, openOffice } from "../support/office.ts";

const TEE = path.join(import.meta.dirname, "tee.ts");

/** An office whose upstream is behind a program that writes down every line it gets. */
async function watched(): Promise<{ office: Office; seen: () => Promise<string[]> }> {
  let log = "";
  const office = await openOffice({
    change: (config, world) => {
      log = path.join(world.office, "seen-by-upstream.log");
      const { files } = config.mcp.servers;
      if (files === undefined) throw new Error("no server");
      const command = [process.execPath, TEE, log, ...(files.command ?? [])];
      return { ...config, mcp: { ...config.mcp, servers: { ...config.mcp.servers, files: { ...files, command } } } };
    },
  });
  return { office, seen: async () => (await readFile(log, "utf8")).trim().split("\n") };
}

function methods(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const message = JSON.parse(line) as { method: string; params?: { name?: string } };
    return message.params?.name ?? message.method;
  });
}

test("a refused call never reaches the upstream", async () => {
  const { office, seen } = await watched();
  await using _ = office;
  await using agent = await office.connect();
  await agent.call("read_text_file", { path: "invoices/2041.txt" });
  await agent.act("execute", "write_file", { path: "invoices/2041.txt", content: "forged" });
  await agent.call("read_text_file", { path: "hr/salaries.csv" });
  await agent
    .act("execute", "move_file", { source: "reports/README.txt", destination: "reports/x" })
    .catch(() => undefined);
  await agent.call("no_such_tool", {}).catch(() => undefined);
  await agent.call("read_text_file", { path: "../../etc/passwd" }).catch(() => undefined);
  await agent.call("read_text_file", { path: "reports/README.txt" });
  expect(methods(await seen())).toEqual([
    "initialize",
    "notifications/initialized",
    "read_text_file",
    "read_text_file",
  ]);
});

test("E2: the upstream gets the path that was judged, whatever the client spelled", async () => {
  const { office, seen } = await watched();
  await using _ = office;
  await using agent = await office.connect();
  await agent.call("read_text_file", { path: "reports/../invoices//2041.txt" });
  const last = (await seen()).at(-1) ?? "";
  expect(JSON.parse(last)).toMatchObject({
    params: { arguments: { path: path.join(office.world.files, "invoices/2041.txt") } },
  });
});

/** A client that offers roots, as a desktop client does. */
async function withRoots(transport: Transport, root: string): Promise<string> {
  const client = new Client({ name: "desktop", version: "1" }, { capabilities: { roots: { listChanged: true } } });
  client.setRequestHandler("roots/list", () => ({ roots: [{ uri: `file://${root}`, name: "mine" }] }));
  await client.connect(transport);
  await client.notification({ method: "notifications/roots/list_changed" });
  // the file server asks for the roots by itself, a moment after it was initialized
  let text = "";
  for (let i = 0; i < 20 && !text.includes(root); i++) {
    const result = await client.callTool({ name: "list_allowed_directories", arguments: {} });
    text = JSON.stringify(result.content);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await client.close();
  return text;
}

test("a client's roots replace the folders of the file server when it is asked directly, and change nothing through the gate", async () => {
  const elsewhere = await mkdtemp(path.join(tmpdir(), "bailiwick-roots-"));
  await mkdir(path.join(elsewhere, "x"));
  await writeFile(path.join(elsewhere, "x", "secret.txt"), "secret");
  await using office = await openOffice();
  const transport = office.running.servers.get("files")?.transport;
  const command = transport?.kind === "stdio" ? transport.command : (["none"] as const);
  const direct = new StdioClientTransport({
    command: command[0],
    args: command.slice(1),
    cwd: office.world.office,
  });
  expect(await withRoots(direct, elsewhere)).toContain(elsewhere);

  const session = await DpopSession.create();
  const { clientId, privateJwk } = office.world.agent;
  const issuer = office.running.publicUrl;
  const provider = new PrivateKeyJwtProvider({
    clientId,
    privateKey: { ...privateJwk },
    algorithm: "ES256",
    expectedIssuer: issuer,
  });
  const authProvider = Object.assign(provider, { dpop: () => session });
  const through = await withRoots(new StreamableHTTPClientTransport(new URL(office.gate), { authProvider }), elsewhere);
  expect(through).toContain(office.world.files);
  expect(through).not.toContain(elsewhere);
  await rm(elsewhere, { recursive: true });
});
