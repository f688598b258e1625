// SPDX-License-Identifier: Apache-2.0
// OpenID AuthZEN over HTTP (Authorization API 1.0 section 10): the peer is proven before its body is read, and its request id
// comes back as it was sent, whatever the answer. These paths are answered in front of the router (ADR 44): a decision costs
// less than what a router does for it.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { DomainId, Log } from "../../core/index.ts";
import { AUTHZEN_BODY_MAX, basePath, type Endpoint, METADATA_PATH, metadata } from "../../decide/index.ts";
import { type AuthzenRoom, type AuthzenRoomPorts, openAuthzen } from "../authzen.ts";
import type { Config } from "../config.ts";
import { createGuard, type Guard } from "./guard.ts";

const ENDPOINTS: readonly Endpoint[] = [
  "evaluation",
  "evaluations",
  "search/subject",
  "search/resource",
  "search/action",
];

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** What answers at each path, without its query. */
export type DirectPaths = ReadonlyMap<string, Handle>;

interface Opening {
  readonly config: Pick<Config, "decide">;
  readonly publicUrl: string;
  readonly log: Log;
}

/** Opens every domain that is asked from outside; nothing answers where nobody may ask. */
export async function openAuthzenEdge(ports: AuthzenRoomPorts, opening: Opening): Promise<DirectPaths> {
  const { config, publicUrl, log } = opening;
  const room = await openAuthzen(ports, config);
  const guard = createGuard(publicUrl);
  const paths = new Map<string, Handle>();
  for (const domain of room.domains) {
    const base = basePath(domain);
    // metadata of an address that anybody on the way could change would send callers anywhere (section 9.1)
    if (publicUrl.startsWith("https:")) paths.set(`${METADATA_PATH}${base}`, metadataOf(publicUrl, domain));
    for (const endpoint of ENDPOINTS)
      paths.set(`${base}/access/v1/${endpoint}`, endpointOf({ room, guard, log, domain, endpoint }));
  }
  return paths;
}

function metadataOf(publicUrl: string, domain: DomainId): Handle {
  const body = JSON.stringify(metadata(publicUrl, domain));
  const headers = { "content-type": "application/json", "cache-control": "max-age=300", ...SAFE };
  return (_request, response) => void response.writeHead(200, headers).end(body);
}

interface Place {
  readonly room: AuthzenRoom;
  readonly guard: Guard;
  readonly log: Log;
  readonly domain: DomainId;
  readonly endpoint: Endpoint;
}

function endpointOf(place: Place): Handle {
  const { guard } = place;
  const proven = provenBy(place);
  return (request, response) => {
    const { method = "", headers } = request;
    const { host, origin, "sec-fetch-site": site } = headers;
    const stranger = guard.check({ method, host, origin, ...(typeof site === "string" ? { site } : {}) });
    if (stranger !== undefined) return refuse(request, response, 403, stranger);
    const peer = proven(request);
    if (peer === "unknown") return refuse(request, response, 401, "show a bearer token that this decision point knows");
    if (peer === "forbidden") return refuse(request, response, 403, "this peer may not ask this domain");
    return readBody(request, response, (body) => void answer(place, { request, response, peer, body }));
  };
}

type Proven = ReturnType<AuthzenRoom["peer"]>;

/** Who asks. What a connection showed before is not worked out again; it is compared with nothing but its own word. */
function provenBy({ room, domain }: Place): (request: IncomingMessage) => Proven {
  const before = new WeakMap<object, { readonly shown: string | undefined; readonly peer: Proven }>();
  return ({ socket, headers: { authorization: shown } }) => {
    const known = before.get(socket);
    if (known !== undefined && known.shown === shown) return known.peer;
    const peer = room.peer(shown, domain);
    before.set(socket, { shown, peer });
    return peer;
  };
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly peer: Parameters<AuthzenRoom["answer"]>[1];
  readonly body: Buffer;
}

async function answer({ room, log, domain, endpoint }: Place, { request, response, peer, body }: Asked): Promise<void> {
  const { method = "", headers } = request;
  try {
    const asked = { method, contentType: headers["content-type"], body };
    const said = await room.answer(domain, peer, endpoint, asked);
    send(request, response, said);
  } catch (cause) {
    log.fault("SERVER_ROUTE", { why: cause instanceof Error ? cause.message : "unknown" });
    refuse(request, response, 500, "something is broken here, not in the request");
  }
}

/** The whole body, or a refusal where there is more than one may send. Whoever leaves meanwhile is answered by nobody. */
function readBody(request: IncomingMessage, response: ServerResponse, then: (body: Buffer) => void): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  request.on("data", (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= AUTHZEN_BODY_MAX) pieces.push(piece);
  });
  request.once("end", () => {
    const [only] = pieces;
    if (bytes > AUTHZEN_BODY_MAX) refuse(request, response, 413, "the body is too large");
    else then(pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces));
  });
}

/** Nothing in an answer is for a browser to guess at. */
const SAFE = { "x-content-type-options": "nosniff" } as const;

interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The request's id comes back (section 10.1.3): a header is text of visible characters, any other never gets here. */
function send({ headers: asked }: IncomingMessage, response: ServerResponse, { status, headers, body }: Said): void {
  // names and values in turn: nothing has to be taken apart again
  const head = [...linesOf(headers), "content-length", String(Buffer.byteLength(body))];
  const id = asked["x-request-id"];
  if (typeof id === "string") head.push("x-request-id", id);
  response.writeHead(status, head).end(body);
}

const LINES = new WeakMap<object, readonly string[]>();

/** Most answers have the very same headers. */
function linesOf(headers: Said["headers"]): readonly string[] {
  const known = LINES.get(headers);
  if (known !== undefined) return known;
  const lines = Object.entries({ ...headers, ...SAFE }).flat();
  LINES.set(headers, lines);
  return lines;
}

/** What came of the body is let pass, so that the connection can be used again. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number, why: string): void {
  request.resume();
  const plain = { "content-type": "application/json", "cache-control": "no-store" };
  const headers = status === 401 ? { ...plain, "www-authenticate": 'Bearer realm="authzen"' } : plain;
  send(request, response, { status, headers, body: JSON.stringify(why) });
}
