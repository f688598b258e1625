// SPDX-License-Identifier: Apache-2.0
// Which arguments of which tool a client repeats in headers, as the tools say themselves (enforce E21, E22): learned from every
// list that passes, and asked for where a call comes before any list.
import { isJsonArray, type JsonObject, jsonObject, member, type ServerId } from "../../core/index.ts";
import type { Exchange } from "./caller.ts";
import { type Wrong, wrongArguments } from "./headers.ts";
import { params } from "./message.ts";
import { forServer } from "./meta.ts";
import { type Mirrored, mirroredBy } from "./upstream/tool-headers.ts";

/** Tools of one server that are remembered, and pages that are read for the sake of one tool. */
const TOOLS_MAX = 1024;
const PAGES_MAX = 16;

type Tools = Map<string, readonly Mirrored[]>;

export class MirroredTools {
  private readonly servers = new Map<ServerId, Tools>();

  /** @returns the tools that say it wrongly: they are not to be shown */
  learn(server: ServerId, result: JsonObject | undefined): ReadonlySet<string> {
    const known: Tools = this.servers.get(server) ?? new Map();
    this.servers.set(server, known);
    const wrong = new Set<string>();
    const listed = member(result, "tools");
    for (const tool of isJsonArray(listed) ? listed : []) {
      const name = member(tool, "name");
      if (typeof name !== "string") continue;
      const mirrored = mirroredBy(member(tool, "inputSchema"));
      if (mirrored === undefined) wrong.add(name);
      if (known.size < TOOLS_MAX || known.has(name)) known.set(name, mirrored ?? []);
    }
    return wrong;
  }

  /** Why the headers of a call do not say what its arguments say. */
  async wrongWith(exchange: Exchange, ms: number): Promise<Wrong | undefined> {
    const { message, turn, client } = exchange;
    const given = params(message);
    const name = member(given, "name");
    if (client.era !== "modern" || message.method !== "tools/call" || typeof name !== "string") return undefined;
    if (this.servers.get(turn.server.id)?.has(name) !== true && turn.server.tools.has(name))
      await this.ask(exchange, name, ms);
    const mirrored = this.servers.get(turn.server.id)?.get(name) ?? [];
    return wrongArguments(mirrored, member(given, "arguments"), turn.headers);
  }

  private async ask({ turn, message, signal, with: { link } }: Exchange, name: string, ms: number): Promise<void> {
    const meta = member(params(message), "_meta");
    let cursor: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const up = jsonObject([
        ...(cursor === undefined ? [] : [["cursor", cursor] as const]),
        ...(meta === undefined ? [] : [["_meta", meta] as const]),
      ]);
      // each page names the next one; a list that does not come is found out by the call itself
      const answer = await link.ask("tools/list", forServer(up, turn.server), { ms, signal }).catch(() => undefined);
      const result = member(answer?.body, "result");
      this.learn(turn.server.id, jsonObject([["tools", member(result, "tools") ?? []]]));
      const next = member(result, "nextCursor");
      if (this.servers.get(turn.server.id)?.has(name) === true || typeof next !== "string") return;
      cursor = next;
    }
  }
}
