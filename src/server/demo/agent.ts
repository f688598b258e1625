// SPDX-License-Identifier: Apache-2.0
// The agent of the demo: the MCP SDK's client, its private-key provider and its DPoP session, used as they come. It asks for
// a token for each step: one that reads, or one that is good for one call with exactly these arguments. Only what it tries
// is scripted.
import { AsyncLocalStorage } from "node:async_hooks";
import {
  Client,
  DpopSession,
  fetchToken,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
  withDpop,
} from "@modelcontextprotocol/client";
import type { JWK } from "jose";
import { argsS256, type Json, parseJson } from "../../core/index.ts";
import { systemClock } from "../system.ts";

export interface AgentKey {
  readonly clientId: string;
  readonly privateJwk: JWK;
  /** The authorization server that this key may be shown to. */
  readonly issuer: string;
}

/** What came back from one call, as far as the story tells it. */
export interface Said {
  readonly isError: boolean;
  readonly text: string;
}

export interface Agent extends AsyncDisposable {
  tools(): Promise<readonly string[]>;
  /** A call that reads. */
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<Said>;
  /** A call with an effect: under a token that is good for it alone. */
  act(verb: "execute" | "share", name: string, args: Readonly<Record<string, unknown>>): Promise<Said>;
}

/** Signs in by `private_key_jwt` with DPoP, and opens an MCP session at the gate. */
export async function connectAgent(url: string, key: AgentKey): Promise<Agent> {
  const tokens = new StepTokens(url, key, await DpopSession.create());
  const client = new Client({ name: "invoice-helper", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch: tokens.fetch }));
  const call = async (name: string, args: Readonly<Record<string, unknown>>): Promise<Said> => {
    const result = await client.callTool({ name, arguments: args });
    const texts = result.content.flatMap((part) => (part.type === "text" ? [part.text] : []));
    return { isError: result.isError === true, text: texts.join("\n") };
  };
  return {
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call,
    act: (verb, name, args) => tokens.forOne(verb, parseJson(JSON.stringify(args)), () => call(name, args)),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** UNIT: ms. A token is asked for anew when it has less left than this. */
const SPARE_MS = 10_000;

/** The token that the next request carries. */
class StepTokens {
  readonly fetch: ReturnType<ReturnType<typeof withDpop>>;
  private readonly resource: URL;
  private readonly key: AgentKey;
  private readonly session: DpopSession;
  private reading: { readonly token: string; readonly until: number } | undefined;
  /** Of the call that runs: calls at the same time each carry their own. */
  private readonly single = new AsyncLocalStorage<string>();

  constructor(url: string, key: AgentKey, session: DpopSession) {
    this.resource = new URL(url);
    this.key = key;
    this.session = session;
    this.fetch = withDpop(session, () => this.current())(globalThis.fetch);
  }

  /** Runs one call under a token for these arguments; a second request under it would be refused. */
  async forOne<T>(verb: "execute" | "share", args: Json, work: () => Promise<T>): Promise<T> {
    const wish = { actions: [verb], args_s256: argsS256(args) };
    return this.single.run((await this.ask(wish)).access_token, work);
  }

  private async current(): Promise<string> {
    const single = this.single.getStore();
    if (single !== undefined) return single;
    if (this.reading === undefined || this.reading.until < systemClock.now()) {
      const { access_token: token, expires_in: seconds = 0 } = await this.ask({ actions: ["view"] });
      this.reading = { token, until: systemClock.now() + seconds * 1000 - SPARE_MS };
    }
    return this.reading.token;
  }

  private ask(wish: Readonly<Record<string, unknown>>): ReturnType<typeof fetchToken> {
    const details = [{ type: "bailiwick_step", locations: [this.resource.href], ...wish }];
    const { clientId, privateJwk, issuer } = this.key;
    const base = new PrivateKeyJwtProvider({
      clientId,
      privateKey: { ...privateJwk },
      algorithm: "ES256",
      expectedIssuer: issuer,
    });
    const provider = Object.assign(base, {
      dpop: () => this.session,
      prepareTokenRequest: () =>
        new URLSearchParams({ grant_type: "client_credentials", authorization_details: JSON.stringify(details) }),
    });
    return fetchToken(provider, issuer, {
      metadata: {
        issuer,
        token_endpoint: `${issuer}/oauth/token`,
        authorization_endpoint: `${issuer}/oauth/authorize`,
        response_types_supported: [],
      },
      resource: this.resource,
    });
  }
}
