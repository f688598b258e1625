// SPDX-License-Identifier: Apache-2.0
// One HTTP upstream as both revisions use it: what is sent, with the gate's own headers alone (enforce E26), and how long
// anybody waits.
import {
  BailiwickError,
  isJsonObject,
  type JsonObject,
  jsonObject,
  member,
  type OutboundAnswer,
  writeJson,
} from "../../../core/index.ts";
import { EnforceError } from "../../errors.ts";
import type { HttpTransport } from "../../upstream-server.ts";
import type { Answer, LinkPorts, Wait } from "../link.ts";
import { spoken } from "./events.ts";
import { type Limit, limit } from "./limit.ts";

/** UNIT: ms. Longest wait for the head of an answer where nothing shorter is said. */
const HEAD_MS = 60_000;
/** UNIT: ms. Longest silence within an answer (enforce E12). */
export const IDLE_MS = 60_000;

export interface Sent {
  readonly method: "GET" | "POST" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  /** For this origin alone. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly message?: JsonObject;
  readonly signal: AbortSignal;
  /** UNIT: ms. */
  readonly headMs?: number | undefined;
  readonly isEndless?: boolean;
}

export class HttpWire {
  private readonly ports: LinkPorts;
  readonly id: string;
  private readonly transport: HttpTransport;

  constructor(ports: LinkPorts, id: string, transport: HttpTransport) {
    this.ports = ports;
    this.id = id;
    this.transport = transport;
  }

  async send({ method, headers, secrets, message, signal, headMs, isEndless }: Sent): Promise<OutboundAnswer> {
    const { url, redirects, isPrivate, authorization } = this.transport;
    const own = authorization === undefined ? {} : { authorization: await authorization() };
    return this.ports.outbound.request({
      method,
      url,
      headers: {
        accept: method === "GET" ? "text/event-stream" : "application/json, text/event-stream",
        ...(message === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      secrets: { ...secrets, ...own },
      ...(message === undefined ? {} : { body: writeJson(message) }),
      signal,
      headMs: headMs ?? HEAD_MS,
      ...(isEndless === true ? {} : { idleMs: IDLE_MS }),
      redirects,
      isPrivate,
    });
  }

  limit(wait: Wait, closing: AbortSignal): Limit {
    return limit(this.ports.timers, `asking ${this.id}`, wait, closing);
  }

  /** What a failed answer says: an error of the protocol is the upstream's answer, anything else is a fault. */
  async refusal(answer: OutboundAnswer): Promise<Answer> {
    const { status } = answer;
    if (status === 401 || status === 403) {
      await discard(answer);
      throw this.fault("ENFORCE_UPSTREAM_REFUSED", `status ${status}: it does not let the gate in`);
    }
    const said = await this.errorOf(answer).catch(() => undefined);
    if (said !== undefined) return said;
    const isBusy = status === 408 || status === 429 || status >= 500;
    throw this.fault(
      isBusy ? "ENFORCE_UPSTREAM_REFUSED" : "ENFORCE_UPSTREAM_PROTOCOL",
      `status ${status} is no answer`,
    );
  }

  private async errorOf(answer: OutboundAnswer): Promise<Answer | undefined> {
    for await (const { json, bytes } of spoken(answer, {})) {
      const error = member(json, "error");
      const isError = isJsonObject(error) && typeof member(error, "code") === "number";
      return isError ? { body: jsonObject([["error", error]]), bytes } : undefined;
    }
    return undefined;
  }

  /** What went wrong, in this room's words. */
  lost(cause: unknown): EnforceError {
    if (cause instanceof EnforceError) return cause;
    const isUnreadable = cause instanceof BailiwickError && String(cause.code).startsWith("CORE_");
    const why = cause instanceof Error ? cause.message : "unknown";
    const code = isUnreadable ? "ENFORCE_UPSTREAM_PROTOCOL" : "ENFORCE_UPSTREAM_GONE";
    return new EnforceError(code, `asking ${this.id}: ${why}`, { cause });
  }

  fault(code: EnforceError["code"], why: string): EnforceError {
    return new EnforceError(code, `asking ${this.id}: ${why}`);
  }

  log(what: string, why: string): void {
    this.ports.log.fault("ENFORCE_UPSTREAM", { server: this.id, what, why });
  }
}

/** Ends the connection of an answer that nobody reads. */
export async function discard(answer: OutboundAnswer): Promise<void> {
  for await (const _ of answer.body) return;
}
