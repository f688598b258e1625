// SPDX-License-Identifier: Apache-2.0
// Stands between a suite, which cannot prove a key, and the gate: each request goes on with a token and a fresh proof, and
// what comes back goes back as it comes.
import { DpopSession, fetchToken, PrivateKeyJwtProvider, withDpop } from "@modelcontextprotocol/client";
import type { JWK } from "jose";
import { createGuard } from "../../src/server/http/guard.ts";
import { serveWeb, type WebServer } from "./web.ts";

export interface ForwardKey {
  readonly clientId: string;
  readonly privateJwk: JWK;
}

/** Headers that belong to one connection, or to whoever is asked. */
const OWN = ["host", "origin", "connection", "content-length", "transfer-encoding", "keep-alive", "dpop-nonce"];
/** UNIT: ms. A token is asked for anew after that. */
const TOKEN_MS = 60_000;

export async function openForward(gate: URL, key: ForwardKey): Promise<WebServer> {
  const session = await DpopSession.create();
  let token: { readonly text: string; readonly at: number } | undefined;
  const current = async (): Promise<string> => {
    if (token === undefined || performance.now() - token.at > TOKEN_MS)
      token = { text: await ask(gate, key, session), at: performance.now() };
    return token.text;
  };
  const send = withDpop(session, current)(fetch);
  const server = await serveWeb(async (request) => {
    const why = guard.check({
      method: request.method,
      host: request.headers.get("host") ?? undefined,
      origin: request.headers.get("origin") ?? undefined,
    });
    if (why !== undefined) return new Response(why, { status: 403 });
    const body = request.method === "POST" ? await request.text() : undefined;
    const headers = without(request.headers);
    const { method, signal } = request;
    const answer = await send(gate, { method, headers, signal, ...(body === undefined ? {} : { body }) });
    return new Response(answer.body, { status: answer.status, headers: without(answer.headers) });
  });
  const guard = createGuard(server.url.origin);
  return server;
}

function without(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of OWN) kept.delete(name);
  return kept;
}

async function ask(gate: URL, { clientId, privateJwk }: ForwardKey, session: DpopSession): Promise<string> {
  const issuer = gate.origin;
  const details = [{ type: "bailiwick_step", locations: [gate.href], actions: ["view"] }];
  const base = new PrivateKeyJwtProvider({
    clientId,
    privateKey: { ...privateJwk },
    algorithm: "ES256",
    expectedIssuer: issuer,
  });
  const provider = Object.assign(base, {
    dpop: () => session,
    prepareTokenRequest: () =>
      new URLSearchParams({ grant_type: "client_credentials", authorization_details: JSON.stringify(details) }),
  });
  const metadata = {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    response_types_supported: [],
  };
  return (await fetchToken(provider, issuer, { metadata, resource: gate })).access_token;
}
