// SPDX-License-Identifier: Apache-2.0
// Changes `bailiwick.yaml` as a careful person would: what stands in it stays, comments and order included, and a file that
// would not be read afterwards is never written.
import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type Document, isMap, isScalar, isSeq, parseDocument } from "yaml";
import { quote } from "../../core/index.ts";
import type { McpServerConfig } from "../../enforce/index.ts";
import { parseConfig } from "../config.ts";
import { ServerError } from "../errors.ts";

/** One server as it is written into the file. */
export type ServerMember = Pick<McpServerConfig, "operator" | "jurisdiction" | "manifest"> &
  Partial<Pick<McpServerConfig, "command" | "url" | "allow" | "destination" | "folder">>;

/** @returns the server as the changed file says it @throws ServerError SERVER_CONFIG_* */
export async function writeServer(file: string, id: string, member: ServerMember): Promise<McpServerConfig> {
  const text = await readText(file);
  const changed = changedText(file, text, (document) => {
    openMap(document, ["mcp"]);
    openMap(document, ["mcp", "servers"]);
    if (document.hasIn(["mcp", "servers", id])) throw clash(file, id);
    const node = document.createNode(member);
    const command = node.get("command", true);
    if (isSeq(command)) command.flow = true;
    document.setIn(["mcp", "servers", id], node);
  });
  const server = serverIn(file, changed, id);
  await replace(file, text, changed);
  return server;
}

/** Whether the file has a server of that name. @throws ServerError SERVER_CONFIG_* */
export async function hasServer(file: string, id: string): Promise<boolean> {
  return Object.hasOwn(parseConfig(await readText(file), file).mcp.servers, id);
}

/** @throws ServerError SERVER_CONFIG_* */
export async function removeServer(file: string, id: string): Promise<void> {
  const text = await readText(file);
  const changed = changedText(file, text, (document) => void document.deleteIn(["mcp", "servers", id]));
  parseConfig(changed, file);
  await replace(file, text, changed);
}

function serverIn(file: string, text: string, id: string): McpServerConfig {
  const found = new Map(Object.entries(parseConfig(text, file).mcp.servers)).get(id);
  if (found === undefined) throw unchangeable(file, "it does not say the server afterwards");
  return found;
}

function changedText(file: string, text: string, change: (document: Document.Parsed) => void): string {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw unchangeable(file, error.message);
  change(document);
  return document.toString({ lineWidth: 0, flowCollectionPadding: !/\[[^\s\]]/.test(text) });
}

/** A map at this place, written over several lines: an empty one in braces would take everything on one line. */
function openMap(document: Document.Parsed, at: readonly string[]): void {
  const found = document.getIn(at, true);
  const isNothing = found === undefined || (isScalar(found) && found.value === null);
  if (isNothing) document.setIn(at, document.createNode({}));
  const map = document.getIn(at, true);
  if (isMap(map) && map.items.length === 0) map.flow = false;
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new ServerError("SERVER_CONFIG_MISSING", `reading ${quote(file)}`, { cause });
  });
}

/** Whole or not at all: beside it, onto the disk, then over it. @throws ServerError where somebody changed it meanwhile */
async function replace(file: string, before: string, after: string): Promise<void> {
  const real = await realpath(file);
  if ((await readText(real)) !== before) throw unchangeable(file, "somebody changed it meanwhile");
  const { mode } = await stat(real);
  const beside = path.join(path.dirname(real), `.${path.basename(real)}.${process.pid}.new`);
  try {
    const handle = await open(beside, "wx", mode & 0o777);
    try {
      await handle.writeFile(after);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, real);
  } catch (cause) {
    await rm(beside, { force: true });
    throw unchangeable(file, cause instanceof Error ? cause.message : "it cannot be written", cause);
  }
}

function clash(file: string, id: string): ServerError {
  return new ServerError(
    "SERVER_CONNECT_REFUSED",
    `adding ${id}: ${quote(path.basename(file))} has a server of that name`,
    {
      fix: `see it with npx bailiwick connect list, or take it away with npx bailiwick connect remove ${id}`,
    },
  );
}

function unchangeable(file: string, why: string, cause?: unknown): ServerError {
  return new ServerError("SERVER_CONFIG_INVALID", `changing ${quote(file)}: ${why}`, { cause });
}
