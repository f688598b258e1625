// SPDX-License-Identifier: Apache-2.0
// The one HTTP client. An address is looked at where the connection is made, so that no name can lead elsewhere between the
// look and the connection; a literal address is looked at apart, because no look-up is made for it. The environment's
// proxies are not used.
import { lookup as lookUp } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, buildConnector } from "undici";
import { type Outbound, type OutboundAnswer, type OutboundRequest, quote } from "../../core/index.ts";
import { ServerError } from "../errors.ts";
import { refusedAddress } from "./addresses.ts";

/** UNIT: ms. Longest wait for a connection. */
const CONNECT_MS = 10_000;
/** Connections to one origin; what comes beyond waits. */
const CONNECTIONS_MAX = 1024;
/** RFC 9110 section 15.4: these keep method and body. */
const KEEPS_METHOD: ReadonlySet<number> = new Set([307, 308]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface OutboundClient extends Outbound, AsyncDisposable {}

export interface OutboundOptions {
  /** In place of the system's resolver. */
  readonly lookup?: LookupFunction;
}

export function openOutbound(options: OutboundOptions = {}): OutboundClient {
  const lookup = options.lookup ?? lookUp;
  const open = openAgent(lookup, true);
  const guarded = openAgent(lookup, false);
  return {
    request: (asked) => follow(asked.isPrivate ? open : guarded, asked),
    async [Symbol.asyncDispose]() {
      await Promise.all([open.destroy(), guarded.destroy()]);
    },
  };
}

function openAgent(lookup: LookupFunction, isPrivate: boolean): Agent {
  const guardedLookup: LookupFunction = (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (cause, found) => {
      if (cause !== null) return done(cause, []);
      const all = typeof found === "string" ? [{ address: found, family: isIP(found) }] : found;
      const [first] = all;
      // one refused address refuses the name: which one is tried is not ours to choose
      for (const { address } of all) {
        const why = refusedAddress(address, isPrivate);
        if (why !== undefined) return done(refused(`${quote(hostname)} leads to ${address}`, why), []);
      }
      if (first === undefined) return done(refused(quote(hostname), "it has no address"), []);
      return options.all === true ? done(null, all) : done(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ lookup: guardedLookup, timeout: CONNECT_MS, allowH2: false });
  return new Agent({
    connections: CONNECTIONS_MAX,
    connect(options, done) {
      const why = isIP(options.hostname) === 0 ? undefined : refusedAddress(options.hostname, isPrivate);
      if (why !== undefined) return done(refused(options.hostname, why), null);
      connect(options, (...made) => {
        const [cause, socket] = made;
        if (cause !== null) return done(cause, null);
        // SOURCE: what was connected is what was looked at, whatever lies between them
        const reached = refusedAddress(socket.remoteAddress ?? "", isPrivate);
        if (reached === undefined) return done(null, socket);
        socket.destroy();
        return done(refused(`${quote(options.hostname)} led to ${socket.remoteAddress ?? "nowhere"}`, reached), null);
      });
    },
  });
}

async function follow(agent: Agent, asked: OutboundRequest): Promise<OutboundAnswer> {
  let at = asked;
  for (let left = asked.redirects; ; left -= 1) {
    // each hop is a request of its own
    const answer = await send(agent, at);
    if (!REDIRECTS.has(answer.status)) return answer;
    const next = left > 0 ? hop(at, answer) : undefined;
    if (next === undefined) return answer;
    for await (const _ of answer.body) break;
    at = next;
  }
}

/** The next request; nothing where a redirect would change what is asked. */
function hop(asked: OutboundRequest, { status, headers }: OutboundAnswer): OutboundRequest | undefined {
  const { location } = headers;
  if (location === undefined || !URL.canParse(location, asked.url.href)) return undefined;
  if (asked.method !== "GET" && !KEEPS_METHOD.has(status)) return undefined;
  const url = new URL(location, asked.url);
  if (url.origin === asked.url.origin) return { ...asked, url };
  if (asked.url.protocol === "https:" && url.protocol !== "https:") return undefined;
  const { secrets: _, ...rest } = asked;
  return { ...rest, url };
}

async function send(agent: Agent, asked: OutboundRequest): Promise<OutboundAnswer> {
  const { url, method, signal, headMs, idleMs = 0 } = asked;
  const doing = `${method} ${url.origin}${url.pathname}`;
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refused(doing, "it is neither http nor https");
  try {
    const { statusCode, headers, body } = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { "accept-encoding": "identity", ...asked.headers, ...asked.secrets },
      ...(asked.body === undefined ? {} : { body: asked.body }),
      signal,
      headersTimeout: headMs,
      bodyTimeout: idleMs,
    });
    const flat = Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as const],
    );
    return { status: statusCode, headers: Object.fromEntries(flat), body: bytes(body, doing) };
  } catch (cause) {
    throw failed(doing, cause);
  }
}

async function* bytes(body: AsyncIterable<unknown>, doing: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) if (chunk instanceof Uint8Array) yield chunk;
  } catch (cause) {
    throw failed(`${doing}: reading the answer`, cause);
  }
}

function failed(doing: string, cause: unknown): ServerError {
  if (cause instanceof ServerError) return cause;
  const why = cause instanceof Error ? cause.message : "no answer";
  return new ServerError("SERVER_OUTBOUND_FAILED", `${doing}: ${why}`, { cause });
}

function refused(what: string, why: string): ServerError {
  return new ServerError("SERVER_OUTBOUND_REFUSED", `connecting to ${what}: ${why}`);
}
