// SPDX-License-Identifier: Apache-2.0
// A client as it is configured on a desktop: the program and its words from a file, an environment of almost nothing, stdio.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { ROOT } from "./office.ts";

export const BIN: string = path.join(ROOT, "bin", "bailiwick.js");

/** One entry of `mcpServers`. */
export interface ServerEntry {
  readonly command: string;
  readonly args: string[];
  readonly env?: Record<string, string>;
}

/** Writes the configuration that a person pastes into a client, and reads it as the client does. */
export async function clientConfig(
  file: string,
  servers: Readonly<Record<string, ServerEntry>>,
): Promise<(name: string) => ServerEntry> {
  await writeFile(file, JSON.stringify({ mcpServers: servers }));
  const read = JSON.parse(await readFile(file, "utf8")) as { mcpServers: Record<string, ServerEntry> };
  return (name) => {
    const entry = read.mcpServers[name];
    if (entry === undefined) throw new Error(`no server ${name}`);
    return entry;
  };
}

/** The sidecar as a client starts it. */
export function sidecar(...words: string[]): ServerEntry {
  return { command: process.execPath, args: [BIN, "connect", ...words], env: { PATH: path.dirname(process.execPath) } };
}
