// SPDX-License-Identifier: Apache-2.0
// Asks a server what tools it has, over a link of its own, as a client that offers nothing and calls nothing.
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonObject, member } from "../../core/index.ts";
import { EnforceError } from "../errors.ts";
import { INITIALIZE_UP, initialized, REVISION } from "./initialize.ts";
import type { Answer, Era, Link, LinkedServer, LinkPorts } from "./link.ts";
import { notification } from "./message.ts";
import { Eras } from "./upstream/eras.ts";
import { META_UP } from "./upstream/meta.ts";
import { openLink } from "./upstream/open.ts";

/** UNIT: ms. Longest wait for each answer; a program that is fetched first needs its time. */
const WAIT_MS = 60_000;
/** Most pages and tools that are read: past it the server does not end. */
const PAGES_MAX = 64;
const TOOLS_MAX = 1024;

/**
 * Every tool of a server, as it says of itself.
 * @throws EnforceError ENFORCE_UPSTREAM_START, ENFORCE_UPSTREAM_GONE, ENFORCE_UPSTREAM_TIMEOUT, ENFORCE_UPSTREAM_PROTOCOL
 */
export async function probeTools(ports: LinkPorts, server: LinkedServer): Promise<readonly Json[]> {
  const link = await openLink(ports, server, { era: await eraOf(ports, server) });
  try {
    if (link.era === "legacy") {
      const hello = await ask(link, "initialize", INITIALIZE_UP);
      if (initialized(hello.body) === undefined) throw broken(server, `it does not speak MCP ${REVISION}`);
      link.tell(notification("notifications/initialized", jsonObject([])));
    }
    return await allPages(link, server);
  } finally {
    await link.stop();
  }
}

/** A program speaks the older revision unless it is configured otherwise: to ask each one first would start it twice. */
function eraOf(ports: LinkPorts, server: LinkedServer): Promise<Era> {
  if (server.era === "auto" && server.transport.kind === "stdio") return Promise.resolve("legacy");
  return new Eras(ports).of(server);
}

async function allPages(link: Link, server: LinkedServer): Promise<readonly Json[]> {
  const tools: Json[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    // each page names the next one
    const result = await onePage(link, server, cursor);
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

async function onePage(link: Link, server: LinkedServer, cursor: string | undefined): Promise<JsonObject> {
  const params = jsonObject([
    ...(cursor === undefined ? [] : [["cursor", cursor] as const]),
    ...(link.era === "modern" ? [["_meta", META_UP] as const] : []),
  ]);
  const result = member((await ask(link, "tools/list", params)).body, "result");
  if (!isJsonObject(result)) throw broken(server, "it answered tools/list with an error");
  return result;
}

function ask(link: Link, method: string, params: JsonObject): Promise<Answer> {
  return link.ask(method, params, { ms: WAIT_MS, signal: new AbortController().signal });
}

function broken({ id }: LinkedServer, why: string): EnforceError {
  return new EnforceError("ENFORCE_UPSTREAM_PROTOCOL", `asking ${id} for its tools: ${why}`);
}
