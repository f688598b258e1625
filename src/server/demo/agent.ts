// SPDX-License-Identifier: Apache-2.0
// The agent of the demo: the MCP SDK's client, its private-key provider and its DPoP session, used as they come. Only what
// it tries is scripted.
import {
  Client,
  DpopSession,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import type { JWK } from "jose";

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
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<Said>;
}

/** Signs in by `private_key_jwt` with DPoP, and opens an MCP session at the gate. */
export async function connectAgent(url: string, key: AgentKey): Promise<Agent> {
  const session = await DpopSession.create();
  const provider = Object.assign(
    new PrivateKeyJwtProvider({
      clientId: key.clientId,
      privateKey: { ...key.privateJwk },
      algorithm: "ES256",
      expectedIssuer: key.issuer,
      clientName: "invoice-helper",
    }),
    { dpop: () => session },
  );
  const client = new Client({ name: "invoice-helper", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider: provider }));
  return {
    async tools() {
      const listed = await client.listTools();
      return listed.tools.map((tool) => tool.name);
    },
    async call(name, args) {
      const result = await client.callTool({ name, arguments: args });
      const texts = result.content.flatMap((part) => (part.type === "text" ? [part.text] : []));
      return { isError: result.isError === true, text: texts.join("\n") };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
