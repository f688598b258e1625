// SPDX-License-Identifier: Apache-2.0
// One request to the gate, with a proof of the key on it. The gate says which nonce the next proof needs, with every answer.
import type { AgentKey } from "./agent-key.ts";
import { ConnectError } from "./errors.ts";
import type { ConnectPorts } from "./ports.ts";

export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** UNIT: bytes. Largest answer of the gate about itself that is read. */
const ANSWER_MAX_BYTES = 256 * 1024;
/** Faults of a connection that was never made: the gate has seen nothing of the request. */
const UNSENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export class GateHttp {
  private readonly ports: ConnectPorts;
  private readonly key: AgentKey;
  /** Newest that the gate gave; any proof may carry it until it is too old. */
  private nonce: string | undefined;

  constructor(ports: ConnectPorts, key: AgentKey) {
    this.ports = ports;
    this.key = key;
  }

  /**
   * Sends with a proof, once more where the gate asks for another nonce: it has looked at nothing else until then.
   * @param ath of the access token, where one goes with it
   * @throws ConnectError CONNECT_GATE_UNREACHABLE (nothing was sent), CONNECT_GATE_LOST (nobody knows)
   */
  async prove(out: Outgoing, ath?: string): Promise<Response> {
    const first = await this.once(out, ath);
    if (!(await asksForNonce(first))) return first;
    return this.once(out, ath);
  }

  /** Sends as it is, with no proof. @throws ConnectError as {@link prove} */
  async plain({ url, signal, ...init }: Outgoing): Promise<Response> {
    const body = init.body === undefined ? {} : { body: bytesOf(init.body) };
    return this.ports
      .fetch(url, { method: init.method, headers: init.headers, ...body, signal: signal ?? null, redirect: "error" })
      .catch((cause: unknown) => {
        throw unanswered(url, cause);
      });
  }

  private async once(out: Outgoing, ath: string | undefined): Promise<Response> {
    const proof = { method: out.method, url: out.url, nonce: this.nonce, ...(ath === undefined ? {} : { ath }) };
    const dpop = await this.key.proof(proof);
    const response = await this.plain({ ...out, headers: { ...out.headers, dpop } });
    this.nonce = response.headers.get("dpop-nonce") ?? this.nonce;
    return response;
  }
}

/** A small JSON answer of the gate about itself. @throws ConnectError CONNECT_ANSWER_MALFORMED, CONNECT_GATE_LOST */
export async function readObject(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(response, ANSWER_MAX_BYTES);
  try {
    const found: unknown = JSON.parse(text);
    if (isObject(found)) return found;
    throw new Error("not an object");
  } catch (cause) {
    const what = `reading the gate's answer (HTTP ${response.status}): not a JSON object`;
    throw new ConnectError("CONNECT_ANSWER_MALFORMED", what, { cause });
  }
}

/** A body up to a size. @throws ConnectError CONNECT_ANSWER_MALFORMED, CONNECT_GATE_LOST */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  try {
    for await (const piece of piecesOf(response)) {
      size += piece.byteLength;
      if (size > maxBytes)
        throw new ConnectError("CONNECT_ANSWER_MALFORMED", `reading the gate's answer: over ${maxBytes} bytes`);
      text += decoder.decode(piece, { stream: true });
    }
    return text + decoder.decode();
  } catch (cause) {
    if (cause instanceof ConnectError) throw cause;
    throw lost("the gate's answer broke off", cause);
  }
}

/** The body as it comes; leaving the loop early closes the connection. */
export async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array, void> {
  const reader: ReadableStreamDefaultReader<unknown> | undefined = body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value instanceof Uint8Array) yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // it broke off by itself
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function lost(why: string, cause: unknown): ConnectError {
  return new ConnectError("CONNECT_GATE_LOST", `${why}: what became of the call is unknown; look before repeating it`, {
    cause,
  });
}

/** RFC 9449 sections 8 and 9: at the token endpoint in the body, at a resource in the challenge. */
async function asksForNonce(response: Response): Promise<boolean> {
  if (response.status === 401) {
    const asks = /error="use_dpop_nonce"/.test(response.headers.get("www-authenticate") ?? "");
    if (asks) await response.body?.cancel();
    return asks;
  }
  if (response.status !== 400 || !(response.headers.get("content-type") ?? "").startsWith("application/json"))
    return false;
  const asks = response.headers.has("dpop-nonce") && (await errorOf(response.clone())) === "use_dpop_nonce";
  if (asks) await response.body?.cancel();
  return asks;
}

async function errorOf(response: Response): Promise<unknown> {
  return (await readObject(response).catch(() => ({ error: undefined })))["error"]; // anything else is for the caller to read
}

function unanswered(url: string, cause: unknown): ConnectError {
  if (cause instanceof Error && cause.name === "AbortError") return lost("it was given up", cause);
  const { origin } = new URL(url);
  const inner = cause instanceof Error ? cause.cause : undefined;
  if (!UNSENT.has(codeOf(inner) ?? "")) return lost(`the connection to the gate at ${origin} broke`, cause);
  return new ConnectError("CONNECT_GATE_UNREACHABLE", `the gate at ${origin} does not answer: nothing was done`, {
    cause,
    fix: "start it with npx bailiwick up; the next call goes through",
  });
}

/** Of a fault of the system; Node gathers those of several addresses in one. */
function codeOf(fault: unknown): string | undefined {
  if (fault instanceof AggregateError && !("code" in fault && fault.code !== undefined)) return codeOf(fault.errors[0]);
  return fault instanceof Error && "code" in fault && typeof fault.code === "string" ? fault.code : undefined;
}

function bytesOf(body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(body));
}
