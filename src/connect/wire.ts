// SPDX-License-Identifier: Apache-2.0
// HTTP to the gate, over connections that stay open: Node's own client, because `fetch` costs five times as much for one
// small request (ADR 25). No redirect is followed.
import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  request as plainRequest,
  type RequestOptions,
} from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { Readable } from "node:stream";
import { urlToHttpOptions } from "node:url";

/** One request, as it goes out. */
export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** UNIT: ms. A connection on which nothing comes for longer is given up; the gate beats more often (enforce E34). */
const SILENT_MS = 300_000;
/**
 * UNIT: ms. How long an idle connection is kept; shorter where the gate says that it closes sooner. It has to differ from
 * {@link SILENT_MS}: only then does Node set the time anew when the connection is used again, and a call that lasts is not
 * taken for a connection that is idle.
 */
const IDLE_MS = 60_000;
const KEPT = { keepAlive: true, timeout: IDLE_MS } as const;

/** Status and headers, and a body that is read as it comes, by one reader. */
export class GateAnswer {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: IncomingMessage["headers"];
  readonly body: Readable;

  constructor(head: { readonly status: number; readonly headers: IncomingMessage["headers"] }, body: Readable) {
    this.status = head.status;
    this.ok = head.status >= 200 && head.status < 300;
    this.headers = head.headers;
    this.body = body;
  }

  /** By its lower-case name; several of one name as one. */
  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  /** The media type without its parameters. */
  get type(): string {
    return (this.header("content-type") ?? "").split(";")[0]?.trim() ?? "";
  }

  /** The same, its body to be read again. */
  again(text: string): GateAnswer {
    return new GateAnswer(this, Readable.from([Buffer.from(text)]));
  }

  /** Nobody reads the body: it is let pass, or the connection is closed where it would have no end. */
  drop(): void {
    if (this.type === "text/event-stream") this.body.destroy();
    else this.body.resume();
  }
}

/** Whoever sends requests; a fault of it is one of the system's. */
export class Wire {
  private readonly plain = new Agent(KEPT);
  private readonly tls = new TlsAgent(KEPT);
  /** Nearly every request goes where the one before it went. */
  private last: { readonly url: string; readonly to: RequestOptions } | undefined;

  /** Resolves with the head of the answer. Rejects with the system's fault, or with the reason of the signal. */
  send({ method, url, headers, body, signal }: Outgoing): Promise<GateAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<GateAnswer>();
    if (signal?.aborted === true) return Promise.reject(reasonOf(signal));
    const request = this.open(url, { method, headers, timeout: SILENT_MS });
    request.on("error", reject);
    request.once("timeout", () => request.destroy(new Error("nothing came for too long")));
    request.once("response", (message: IncomingMessage) => {
      message.on("error", () => undefined); // for whoever reads; what nobody reads may break
      resolve(new GateAnswer({ status: message.statusCode ?? 0, headers: message.headers }, message));
    });
    if (signal !== undefined) giveUpOn(signal, request);
    request.end(body);
    return promise;
  }

  private open(url: string, how: RequestOptions): ClientRequest {
    if (this.last?.url !== url) this.last = { url, to: urlToHttpOptions(new URL(url)) };
    const { to } = this.last;
    return to.protocol === "https:"
      ? tlsRequest({ ...to, ...how, agent: this.tls })
      : plainRequest({ ...to, ...how, agent: this.plain });
  }
}

/** Until the answer is read to its end, the signal ends the request. */
function giveUpOn(signal: AbortSignal, request: ClientRequest): void {
  const giveUp = (): void => void request.destroy(reasonOf(signal));
  signal.addEventListener("abort", giveUp, { once: true });
  request.once("close", () => signal.removeEventListener("abort", giveUp));
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error("given up");
}
