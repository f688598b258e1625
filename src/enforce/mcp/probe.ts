// SPDX-License-Identifier: Apache-2.0
// Asks a server over stdio what tools it has, in a child of its own, as a client that offers nothing and calls nothing.
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonObject, member } from "../../core/index.ts";
import { EnforceError } from "../errors.ts";
import { type Child, type ChildCommand, type ChildPorts, startChild } from "./child.ts";
import { INITIALIZE_UP, initialized, REVISION } from "./initialize.ts";
import type { Answer } from "./link.ts";
import { notification } from "./message.ts";

/** UNIT: ms. Longest wait for each answer; a program that is fetched first needs its time. */
const WAIT_MS = 60_000;
/** Most pages and tools that are read: past it the server does not end. */
const PAGES_MAX = 64;
const TOOLS_MAX = 1024;

/**
 * Every tool of a server, as it says of itself.
 * @throws EnforceError ENFORCE_UPSTREAM_START, ENFORCE_UPSTREAM_GONE, ENFORCE_UPSTREAM_TIMEOUT, ENFORCE_UPSTREAM_PROTOCOL
 */
export async function probeTools(ports: ChildPorts, server: ChildCommand): Promise<readonly Json[]> {
  const child = await startChild(ports, server);
  try {
    const hello = await ask(child, "initialize", INITIALIZE_UP);
    if (initialized(hello.body) === undefined) throw broken(server, `it does not speak MCP ${REVISION}`);
    child.tell(notification("notifications/initialized", jsonObject([])));
    return await allPages(child, server);
  } finally {
    await child.stop();
  }
}

async function allPages(child: Child, server: ChildCommand): Promise<readonly Json[]> {
  const tools: Json[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    // each page names the next one
    const result = await onePage(child, server, cursor);
    const listed = member(result, "tools");
    if (!isJsonArray(listed)) throw broken(server, "its answer to tools/list holds no tools");
    tools.push(...listed);
    const next = member(result, "nextCursor");
    if (typeof next !== "string") return tools;
    if (tools.length > TOOLS_MAX) break;
    cursor = next;
  }
  throw broken(server, `its list of tools does not end within ${PAGES_MAX} pages and ${TOOLS_MAX} tools`);
}

async function onePage(child: Child, server: ChildCommand, cursor: string | undefined): Promise<JsonObject> {
  const params = jsonObject(cursor === undefined ? [] : [["cursor", cursor]]);
  const result = member((await ask(child, "tools/list", params)).body, "result");
  if (!isJsonObject(result)) throw broken(server, "it answered tools/list with an error");
  return result;
}

function ask(child: Child, method: string, params: JsonObject): Promise<Answer> {
  return child.ask(method, params, { ms: WAIT_MS, signal: new AbortController().signal });
}

function broken({ id }: ChildCommand, why: string): EnforceError {
  return new EnforceError("ENFORCE_UPSTREAM_PROTOCOL", `asking ${id} for its tools: ${why}`);
}
