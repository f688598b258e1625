// SPDX-License-Identifier: Apache-2.0
// An upstream over Streamable HTTP of revision 2026-07-28: each request is a POST of its own, and says all there is to say.
// Closing its stream cancels it (enforce E33); nothing else is ever sent.
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonObject, member } from "../../../core/index.ts";
import type { HttpTransport } from "../../upstream-server.ts";
import type { Answer, Link, LinkPorts, Unasked, Wait } from "../link.ts";
import { request, withProgress } from "../message.ts";
import { type Asked, Conversation } from "./conversation.ts";
import { spoken } from "./events.ts";
import { type Mirrored, mirroredBy, requestHeaders } from "./tool-headers.ts";
import { HttpWire } from "./wire.ts";

/** SOURCE: MCP 2026-07-28, error codes. */
const HEADER_MISMATCH = -32_020;
/** Tools whose mirrored arguments are remembered. */
const TOOLS_MAX = 1024;
/** Pages that are read for the sake of one tool. */
const PAGES_MAX = 16;
/** A request that lasts as long as somebody listens. */
const LISTEN = "subscriptions/listen";

export class ModernHttpLink implements Link {
  readonly era = "modern" as const;
  readonly ended: Promise<void>;
  private readonly wire: HttpWire;
  private readonly talk: Conversation;
  /** What each tool that was listed mirrors. */
  private readonly tools = new Map<string, readonly Mirrored[]>();

  constructor(ports: LinkPorts, id: string, transport: HttpTransport, unasked?: Unasked) {
    this.wire = new HttpWire(ports, id, transport);
    this.talk = new Conversation(this.wire, unasked ?? ((): void => undefined));
    this.ended = this.talk.ended;
  }

  async ask(method: string, given: JsonObject, wait: Wait): Promise<Answer> {
    const name = member(given, "name");
    if (method !== "tools/call" || typeof name !== "string") return this.once(method, given, wait, []);
    const known = this.tools.get(name) ?? (await this.learn(name, given, wait));
    const answer = await this.once(method, given, wait, known);
    if (member(member(answer.body, "error"), "code") !== HEADER_MISMATCH) return answer;
    // SOURCE: MCP 2026-07-28, client behavior: it was refused unread, so asking again with its new headers repeats nothing
    const fresh = await this.learn(name, given, wait);
    return JSON.stringify(fresh) === JSON.stringify(known) ? answer : this.once(method, given, wait, fresh);
  }

  tell(message: JsonObject): void {
    const method = member(message, "method");
    this.wire.log("tell", `nothing is told in this revision: ${typeof method === "string" ? method : "an answer"}`);
  }

  stop(): Promise<void> {
    this.talk.end();
    return Promise.resolve();
  }

  private once(method: string, given: JsonObject, wait: Wait, mirrored: readonly Mirrored[]): Promise<Answer> {
    return this.talk.under(wait, async (asked, signal) => {
      const sent = wait.progress === undefined ? given : withProgress(given, asked.id);
      const answer = await this.wire.send({
        method: "POST",
        headers: requestHeaders(method, sent, mirrored),
        message: request(asked.id, method, sent),
        signal,
        headMs: wait.ms,
        isEndless: method === LISTEN,
      });
      if (answer.status !== 200) return this.wire.refusal(answer);
      return this.read(method, asked, answer);
    });
  }

  private async read(method: string, asked: Asked, answer: Awaited<ReturnType<HttpWire["send"]>>): Promise<Answer> {
    for await (const one of spoken(answer, {})) {
      // SOURCE: MCP 2026-07-28, receiving messages: a server must not ask
      if (one.message.kind === "request") throw this.wire.fault("ENFORCE_UPSTREAM_PROTOCOL", "it asked on a stream");
      const came = this.talk.take(one, asked);
      if (came === undefined) continue;
      if (method === "tools/list") this.listed(came.body);
      return came;
    }
    throw this.wire.fault("ENFORCE_UPSTREAM_GONE", "its answer ended before it was whole");
  }

  /** Looks for a tool that was not listed yet; a tool that is nowhere mirrors nothing. */
  private async learn(name: string, given: JsonObject, wait: Wait): Promise<readonly Mirrored[]> {
    this.tools.delete(name);
    const meta = member(given, "_meta");
    const { progress: _progress, hear: _hear, ...quiet } = wait;
    let cursor: Json | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const params: JsonObject = jsonObject([
        ...(cursor === undefined ? [] : [["cursor", cursor] as const]),
        ...(isJsonObject(meta) ? [["_meta", meta] as const] : []),
      ]);
      // each page names the next one
      const { body } = await this.once("tools/list", params, quiet, []);
      const found = this.tools.get(name);
      if (found !== undefined) return found;
      cursor = member(member(body, "result"), "nextCursor");
      if (typeof cursor !== "string") break;
    }
    return [];
  }

  private listed(body: JsonObject): void {
    const tools = member(member(body, "result"), "tools");
    for (const tool of isJsonArray(tools) ? tools : []) {
      const name = member(tool, "name");
      if (typeof name !== "string" || (this.tools.size >= TOOLS_MAX && !this.tools.has(name))) continue;
      this.tools.set(name, mirroredBy(member(tool, "inputSchema")) ?? []);
    }
  }
}
