// SPDX-License-Identifier: Apache-2.0
// One request to the gate, with a proof of the key on it. The gate says which nonce the next proof needs, with every answer.
import { isUtf8 } from "node:buffer";
import type { AgentKey } from "./agent-key.ts";
import { ConnectError } from "./errors.ts";
import type { SignPorts } from "./ports.ts";
import { type GateAnswer, type Outgoing, Wire } from "./wire.ts";

export type { GateAnswer, Outgoing } from "./wire.ts";

/** UNIT: bytes. Largest answer of the gate about itself that is read. */
const ANSWER_MAX_BYTES = 256 * 1024;
/** UNIT: ms. How old the nonce of a proof may be that was signed ahead; the gate takes it for 60 seconds (RFC 9449 section 8). */
const SPARE_MS = 20_000;
/** What the system was at when a connection was never made: the gate has seen nothing of the request. */
const UNSENT: ReadonlySet<unknown> = new Set(["connect", "getaddrinfo"]);

export class GateHttp {
  private readonly wire = new Wire();
  private readonly key: AgentKey;
  private readonly clock: SignPorts["clock"];
  /** Newest that the gate gave; any proof may carry it until it is too old. */
  private nonce: { readonly text: string; readonly at: number } | undefined;
  /** For the next request, if it is like the last one. */
  private spare: Spare | undefined;

  constructor(key: AgentKey, clock: SignPorts["clock"]) {
    this.key = key;
    this.clock = clock;
  }

  /**
   * Sends with a proof, once more where the gate asks for another nonce: it has looked at nothing else until then.
   * @param ath of the access token, where one goes with it
   * @throws ConnectError CONNECT_GATE_UNREACHABLE (nothing was sent), CONNECT_GATE_LOST (nobody knows)
   */
  async prove(out: Outgoing, ath?: string): Promise<GateAnswer> {
    const first = await this.once(out, ath);
    const { asks, answer } = await asksForNonce(first);
    return asks ? this.once(out, ath) : answer;
  }

  /** Sends as it is, with no proof. @throws ConnectError as {@link prove} */
  async plain(out: Outgoing): Promise<GateAnswer> {
    try {
      return await this.wire.send(out);
    } catch (cause) {
      throw unanswered(out.url, cause);
    }
  }

  private async once(out: Outgoing, ath: string | undefined): Promise<GateAnswer> {
    const dpop = this.takeProof(out, ath);
    const sent = this.plain({ ...out, headers: { ...out.headers, dpop } });
    // while the gate works there is time to sign for the next request to the same place
    if (ath !== undefined) setImmediate(() => this.prepare(out, ath));
    const answer = await sent;
    const nonce = answer.header("dpop-nonce");
    if (nonce !== undefined) this.nonce = { text: nonce, at: this.clock.monotonic() };
    return answer;
  }

  private takeProof({ method, url }: Outgoing, ath: string | undefined): string {
    const { spare, nonce } = this;
    // proofs go out in the order in which they were signed (identify I40), so one that is not used next is never used
    this.spare = undefined;
    const isFit = spare?.method === method && spare.url === url && spare.ath === ath;
    if (isFit && this.clock.monotonic() - spare.nonceAt < SPARE_MS) return spare.text;
    return this.key.proof({ method, url, ath, nonce: nonce?.text });
  }

  private prepare({ method, url }: Outgoing, ath: string): void {
    const { nonce } = this;
    if (this.spare !== undefined || nonce === undefined) return;
    const text = this.key.proof({ method, url, ath, nonce: nonce.text });
    this.spare = { method, url, ath, nonceAt: nonce.at, text };
  }
}

/** A proof that was signed before it was needed. */
interface Spare {
  readonly method: string;
  readonly url: string;
  readonly ath: string;
  /** UNIT: ms, monotonic. When its nonce came, which is older than the proof. */
  readonly nonceAt: number;
  readonly text: string;
}

/** A small JSON answer of the gate about itself. @throws ConnectError CONNECT_ANSWER_MALFORMED, CONNECT_GATE_LOST */
export async function readObject(answer: GateAnswer): Promise<Readonly<Record<string, unknown>>> {
  return objectIn(await readText(answer, ANSWER_MAX_BYTES), answer.status);
}

function objectIn(text: string, status: number): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text);
    if (isObject(found)) return found;
    throw new Error("not an object");
  } catch (cause) {
    const what = `reading the gate's answer (HTTP ${status}): not a JSON object`;
    throw new ConnectError("CONNECT_ANSWER_MALFORMED", what, { cause });
  }
}

/** A body up to a size. @throws ConnectError CONNECT_ANSWER_MALFORMED, CONNECT_GATE_LOST */
export function readText({ body }: GateAnswer, maxBytes: number): Promise<string> {
  // it says so only once, and may have before anybody listened
  if (body.destroyed) return Promise.reject(lost("the gate's answer broke off", undefined));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const malformed = (why: string): void =>
    reject(new ConnectError("CONNECT_ANSWER_MALFORMED", `reading the gate's answer: ${why}`));
  const pieces: Uint8Array[] = [];
  let size = 0;
  body.on("data", (piece: Uint8Array) => {
    size += piece.length;
    pieces.push(piece);
    if (size <= maxBytes) return;
    malformed(`over ${maxBytes} bytes`);
    body.destroy();
  });
  body.once("end", () => {
    const [only] = pieces;
    const bytes =
      pieces.length === 1 && only !== undefined
        ? Buffer.from(only.buffer, only.byteOffset, only.length)
        : Buffer.concat(pieces);
    if (isUtf8(bytes)) resolve(bytes.toString("utf8"));
    else malformed("no UTF-8");
  });
  body.once("error", (cause) => reject(lost("the gate's answer broke off", cause)));
  body.once("close", () => {
    if (!body.readableEnded) reject(lost("the gate's answer broke off", undefined));
  });
  return promise;
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
async function asksForNonce(answer: GateAnswer): Promise<{ readonly asks: boolean; readonly answer: GateAnswer }> {
  if (answer.status === 401) {
    const asks = /error="use_dpop_nonce"/.test(answer.header("www-authenticate") ?? "");
    if (asks) answer.drop();
    return { asks, answer };
  }
  const isSaid =
    answer.status === 400 && answer.type === "application/json" && answer.header("dpop-nonce") !== undefined;
  if (!isSaid) return { asks: false, answer };
  const text = await readText(answer, ANSWER_MAX_BYTES);
  return { asks: /"error"\s*:\s*"use_dpop_nonce"/.test(text), answer: answer.again(text) };
}

function unanswered(url: string, cause: unknown): ConnectError {
  if (cause instanceof Error && cause.name === "AbortError") return lost("it was given up", cause);
  const { origin } = new URL(url);
  if (!UNSENT.has(syscallOf(cause))) return lost(`the connection to the gate at ${origin} broke`, cause);
  return new ConnectError("CONNECT_GATE_UNREACHABLE", `the gate at ${origin} does not answer: nothing was done`, {
    cause,
    fix: "start it with npx bailiwick up; the next call goes through",
  });
}

/** Of a fault of the system; Node gathers those of several addresses in one. */
function syscallOf(fault: unknown): unknown {
  if (fault instanceof AggregateError) return syscallOf(fault.errors[0]);
  return fault instanceof Error && "syscall" in fault ? fault.syscall : undefined;
}
