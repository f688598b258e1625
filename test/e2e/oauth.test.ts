// SPDX-License-Identifier: Apache-2.0
// Two clients that are not ours, as they come from the registry, get a token over HTTP and use it: the MCP SDK's own
// provider, and oauth4webapi. Behind the listener stand identify, store and keys as they are; only the record is a list.
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  auth,
  DpopSession,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  withOAuth,
} from "@modelcontextprotocol/client";
import * as jose from "jose";
import * as oauth from "oauth4webapi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  argsS256,
  type Clock,
  instant,
  type Json,
  parseTenantId,
  type Random,
  type Recorder,
  type Standing,
} from "../../src/core/index.ts";
import { fakeLog, fakeRandom } from "../../src/core/testing/system.ts";
import { IDENTIFY_SCHEMA, type Identify, type Outcome, openIdentify } from "../../src/identify/index.ts";
import { fakeRecorder, GRANT, SETTINGS } from "../../src/identify/testing/world.ts";
import { openCustody, openStore } from "../../src/store/index.ts";

const clock: Clock = { now: () => instant(Date.now()), monotonic: () => performance.now() };
const ids = fakeRandom(Date.now());
const random: Random = { bytes: (n) => crypto.getRandomValues(new Uint8Array(n)), id: () => ids.id() };
/** Plain http on loopback, which both clients allow only when told so. */
const insecure = { [oauth.allowInsecureRequests]: true }; // oxlint-disable-line typescript/no-deprecated -- marked so that nobody uses it by accident
const ACT = { by: "system", because: "a test" } as const;

/** A server on loopback around the handlers, and what it saw. */
class Gate {
  readonly requests: string[] = [];
  readonly standings: Standing[] = [];
  readonly recorder: Recorder & { entries: unknown[] } = fakeRecorder();
  readonly http: Server;
  readonly stack = new AsyncDisposableStack();
  origin = "";
  clientId = "";
  mandate = "";
  privateJwk: jose.JWK = {};
  private room: Identify | undefined;

  constructor() {
    this.http = createServer((request, response) => void this.serve(request, response));
  }

  get identify(): Identify {
    if (this.room === undefined) throw new Error("the gate is not open");
    return this.room;
  }

  get resource(): string {
    return `${this.origin}/mcp/files`;
  }

  async open(alg: "ES256" | "EdDSA"): Promise<void> {
    await new Promise<void>((resolve) => this.http.listen(0, "127.0.0.1", resolve));
    const address = this.http.address();
    this.origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-oauth-"));
    this.stack.defer(() => rm(dir, { recursive: true }));
    this.stack.defer(async () => {
      this.http.closeAllConnections();
      await new Promise((resolve) => this.http.close(resolve));
    });
    const log = fakeLog();
    const store = this.stack.use(await openStore({ dir, schemas: [IDENTIFY_SCHEMA], readers: 1 }, { clock, log }));
    const custody = await openCustody({ dir }, { random });
    this.room = this.stack.use(
      await openIdentify(
        { store, custody, clock, random, log, recorder: this.recorder },
        {
          issuer: this.origin,
          trustDomain: "gate.example",
          tenant: parseTenantId("main"),
          resources: [{ url: this.resource, name: "files" }, { url: `${this.origin}/mcp/mail` }],
          dataDir: dir,
          settings: SETTINGS,
        },
      ),
    );
    await this.enrol(alg);
  }

  private async enrol(alg: "ES256" | "EdDSA"): Promise<void> {
    const { registry } = this.identify;
    const place = { environment: "test", jurisdiction: "DE" };
    const sponsor = done(await registry.registerHuman({ name: "Ada", ...place }, ACT)).id;
    const expires = instant(Date.now() + 3_600_000);
    const agent = { name: "reader", sponsor, purpose: "reads files", ...place, expires };
    const identity = done(await registry.registerAgent(agent, ACT)).id;
    const pair = alg === "ES256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
    const { kty = "", crv = "", x = "", y } = pair.publicKey.export({ format: "jwk" });
    const jwk: Json = y === undefined ? { kty, crv, x } : { kty, crv, x, y };
    this.clientId = done(await registry.registerInstance({ identity, jwk }, ACT)).id;
    this.privateJwk = pair.privateKey.export({ format: "jwk" });
    const grant = { ...GRANT, locations: [`${this.origin}/mcp`] };
    const request = "read the files";
    const { id } = done(
      await this.identify.mandates.open({ grantor: sponsor, holder: identity, grant, deadline: expires, request }, ACT),
    );
    this.mandate = id;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", this.origin);
    const method = request.method ?? "";
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const dpop = request.headersDistinct["dpop"] ?? [];
    const send = (status: number, headers: Readonly<Record<string, string>>, text: string): void => {
      this.requests.push(`${method} ${pathname} ${status}`);
      response.writeHead(status, headers).end(text);
    };
    const document = this.identify.documents().find((d) => d.path === pathname);
    if (document !== undefined) return send(200, document.headers, document.body);
    if (pathname === "/oauth/token") {
      const headers = { "content-type": request.headers["content-type"], authorization: request.headers.authorization };
      const answer = await this.identify.token({ method, headers, body, dpop });
      return send(answer.status, answer.headers, answer.body);
    }
    if (pathname === "/oauth/revoke") {
      const headers = { "content-type": request.headers["content-type"], authorization: request.headers.authorization };
      const answer = await this.identify.revoke({ method, headers, body, dpop });
      return send(answer.status, answer.headers, answer.body);
    }
    if (!pathname.startsWith("/mcp/")) return send(404, {}, "");
    const resource = `${this.origin}${pathname}`;
    const proved = await this.identify.prover.prove({
      method,
      resource,
      authorization: request.headers.authorization,
      dpop,
    });
    if ("refusal" in proved) return send(proved.refusal.wire?.status ?? 500, proved.refusal.wire?.headers ?? {}, "");
    this.standings.push(proved.standing);
    return send(200, { "DPoP-Nonce": this.identify.prover.nonce(), "Content-Type": "text/plain" }, "let in");
  }
}

function done<T>(outcome: Outcome<T>): T {
  if ("done" in outcome) return outcome.done;
  throw new Error(`${outcome.no}: ${outcome.why}`);
}

async function discover(gate: Gate): Promise<oauth.AuthorizationServer> {
  const url = new URL(gate.resource);
  const resource = await oauth.processResourceDiscoveryResponse(
    url,
    await oauth.resourceDiscoveryRequest(url, insecure),
  );
  const issuer = new URL(resource.authorization_servers?.[0] ?? "");
  const response = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: "oauth2" });
  return oauth.processDiscoveryResponse(issuer, response);
}

function cryptoKey(jwk: jose.JWK): Promise<jose.CryptoKey> {
  return crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
}

/** The SDK's provider as it is, with the DPoP session that its interface asks for. */
async function sdkProvider({ clientId, privateJwk, origin }: Gate, algorithm: string) {
  const session = await DpopSession.create();
  const provider = new PrivateKeyJwtProvider({ clientId, privateKey: privateJwk, algorithm, expectedIssuer: origin });
  return Object.assign(provider, { dpop: () => session });
}

/** The nonce dance as its documentation has it: once more on `use_dpop_nonce`. */
async function withNonce<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return work();
  }
}

describe("clients that are not ours", () => {
  let gate: Gate;
  beforeEach(() => {
    gate = new Gate();
  });
  afterEach(async () => {
    await gate.stack.disposeAsync();
  });

  describe("the MCP SDK's provider", () => {
    it.each(["ES256", "EdDSA"] as const)(
      "I47: finds the server, gets a token with an %s key, and is let in",
      async (algorithm) => {
        await gate.open(algorithm);
        const client = withOAuth(await sdkProvider(gate, algorithm), gate.resource)(fetch);
        const first = await client(gate.resource, { method: "POST", body: "{}" });
        expect([first.status, await first.text()]).toEqual([200, "let in"]);
        expect(gate.requests).toEqual([
          "POST /mcp/files 401",
          "GET /.well-known/oauth-protected-resource/mcp/files 200",
          "GET /.well-known/oauth-authorization-server 200",
          // the SDK took the nonce that came with the 401
          "POST /oauth/token 200",
          "POST /mcp/files 200",
        ]);
        const second = await client(gate.resource, { method: "GET" });
        expect(second.status).toBe(200);
        expect(gate.requests.slice(5)).toEqual(["GET /mcp/files 200"]);
        const read = { verbs: ["view", "summarize", "recommend"], locations: [gate.resource] };
        expect(gate.standings).toMatchObject([
          { instance: gate.clientId, assurance: 2, grant: read, mandate: { id: gate.mandate }, hop: 0 },
          { instance: gate.clientId },
        ]);
      },
    );

    it("I26: dances for a nonce at the token endpoint and at the resource", async () => {
      await gate.open("ES256");
      const own = await sdkProvider(gate, "ES256");
      expect(await auth(own, { serverUrl: gate.resource })).toBe("AUTHORIZED");
      expect(gate.requests.slice(-2)).toEqual(["POST /oauth/token 400", "POST /oauth/token 200"]);
      const session = own.dpop();
      session.rememberNonce(gate.origin, "of-another-time");
      const client = withOAuth(own, gate.resource)(fetch);
      expect((await client(gate.resource, { method: "POST", body: "{}" })).status).toBe(200);
      expect(gate.requests.slice(-2)).toEqual(["POST /mcp/files 401", "POST /mcp/files 200"]);
    });

    it("I4: a suspended agent's transport is refused, and gets no new token", async () => {
      await gate.open("ES256");
      const own = await sdkProvider(gate, "ES256");
      const client = withOAuth(own, gate.resource)(fetch);
      await client(gate.resource, { method: "POST", body: "{}" });
      const [agent] = gate.identify.registry.list().filter((i) => i.kind === "agent");
      if (agent !== undefined) await gate.identify.registry.suspend(agent.id, ACT);
      await expect(client(gate.resource, { method: "POST", body: "{}" })).rejects.toThrow(UnauthorizedError);
      const transport = new StreamableHTTPClientTransport(new URL(gate.resource), { authProvider: own });
      await transport.start();
      const message = { jsonrpc: "2.0", id: 1, method: "ping" } as const;
      await expect(transport.send(message)).rejects.toThrow("identity behind this client is not active");
      await transport.close();
    });
  });

  describe("oauth4webapi", () => {
    it("I26: discovers, authenticates, dances, and is let in; and the token stands before its own checks", async () => {
      await gate.open("ES256");
      const as = await discover(gate);
      const client: oauth.Client = { client_id: gate.clientId };
      const key = await cryptoKey(gate.privateJwk);
      const DPoP = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
      const parameters = new URLSearchParams({ resource: gate.resource });
      const { access_token: token, token_type: type } = await withNonce(async () =>
        oauth.processClientCredentialsResponse(
          as,
          client,
          await oauth.clientCredentialsGrantRequest(as, client, oauth.PrivateKeyJwt(key), parameters, {
            ...insecure,
            DPoP,
          }),
        ),
      );
      expect(type).toBe("dpop");
      const call = () =>
        oauth.protectedResourceRequest(token, "POST", new URL(gate.resource), undefined, "{}", { ...insecure, DPoP });
      const response = await withNonce(call);
      expect([response.status, await response.text()]).toEqual([200, "let in"]);
      expect(gate.requests).toEqual([
        "GET /.well-known/oauth-protected-resource/mcp/files 200",
        "GET /.well-known/oauth-authorization-server 200",
        "POST /oauth/token 400",
        "POST /oauth/token 200",
        "POST /mcp/files 200",
      ]);
      const keys = jose.createRemoteJWKSet(new URL(as.jwks_uri ?? ""));
      const { payload, protectedHeader } = await jose.jwtVerify(token, keys, {
        issuer: as.issuer,
        audience: gate.resource,
        typ: "at+jwt",
      });
      expect([payload["client_id"], protectedHeader.alg]).toEqual([gate.clientId, "ES256"]);
      expect(gate.recorder.entries.slice(-2)).toMatchObject([
        { draft: { name: "mandate.opened", subject: { id: gate.mandate } } },
        { draft: { name: "credential.issued", data: { jti: payload.jti, mandate: gate.mandate } } },
      ]);
    });

    it("I19, I22: asks for one step, exchanges its token for a child step, and acts once with exact arguments", async () => {
      await gate.open("ES256");
      const as = await discover(gate);
      const client: oauth.Client = { client_id: gate.clientId };
      const clientAuth = oauth.PrivateKeyJwt(await cryptoKey(gate.privateJwk));
      const DPoP = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
      const options = { ...insecure, DPoP };
      const wish = (members: object) =>
        JSON.stringify([{ type: "bailiwick_step", mandate: gate.mandate, locations: [gate.resource], ...members }]);
      const form = (members: object, more: Record<string, string> = {}) =>
        new URLSearchParams({ resource: gate.resource, authorization_details: wish(members), ...more });
      const grant = (members: object) =>
        withNonce(async () =>
          oauth.processClientCredentialsResponse(
            as,
            client,
            await oauth.clientCredentialsGrantRequest(as, client, clientAuth, form(members), options),
          ),
        );
      const use = (token: string) =>
        withNonce(() =>
          oauth.protectedResourceRequest(token, "POST", new URL(gate.resource), undefined, "{}", options),
        );

      const root = await grant({ actions: ["view", "summarize"], label_max: "internal" });
      expect(root.authorization_details).toMatchObject([{ actions: ["view", "summarize"], label_max: "internal" }]);
      const subject = {
        subject_token: root.access_token,
        subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
      };
      const child = await withNonce(async () =>
        oauth.processGenericTokenEndpointResponse(
          as,
          client,
          await oauth.genericTokenEndpointRequest(
            as,
            client,
            clientAuth,
            "urn:ietf:params:oauth:grant-type:token-exchange",
            form({ actions: ["view"], step: "child" }, subject),
            options,
          ),
        ),
      );
      expect(child["issued_token_type"]).toBe("urn:ietf:params:oauth:token-type:access_token");
      expect((await use(child.access_token)).status).toBe(200);
      expect(gate.standings.at(-1)).toMatchObject({ hop: 1, grant: { verbs: ["view"], labelMax: "internal" } });

      const args = { path: "invoices/2041.txt", note: "hi" };
      const canonical = '{"note":"hi","path":"invoices/2041.txt"}';
      const args_s256 = createHash("sha256").update(canonical).digest("base64url");
      const once = await grant({ actions: ["execute"], args_s256 });
      expect(once.expires_in).toBeLessThanOrEqual(30);
      expect((await use(once.access_token)).status).toBe(200);
      const acting = gate.standings.at(-1);
      expect([acting?.token.once, acting?.grant.argsS256]).toEqual([true, argsS256(args)]);
      await expect(grant({ actions: ["train"] })).rejects.toMatchObject({ error: "invalid_authorization_details" });

      const step = acting?.path[0];
      expect(gate.standings.map((one) => one.path[0] === step)).toEqual([false, true]);
      const top = gate.standings[0]?.path[0];
      if (top !== undefined) await gate.identify.mandates.closeStep(top, "done", ACT);
      await expect(use(child.access_token)).rejects.toThrow(oauth.WWWAuthenticateChallengeError);
    });

    it("RFC 7009: gives its token up", async () => {
      await gate.open("ES256");
      const as = await discover(gate);
      const client: oauth.Client = { client_id: gate.clientId };
      const clientAuth = oauth.PrivateKeyJwt(await cryptoKey(gate.privateJwk));
      const DPoP = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
      const parameters = new URLSearchParams({ resource: gate.resource });
      const { access_token: token } = await withNonce(async () =>
        oauth.processClientCredentialsResponse(
          as,
          client,
          await oauth.clientCredentialsGrantRequest(as, client, clientAuth, parameters, { ...insecure, DPoP }),
        ),
      );
      await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, clientAuth, token, insecure));
      const call = () =>
        oauth.protectedResourceRequest(token, "POST", new URL(gate.resource), undefined, "{}", { ...insecure, DPoP });
      await expect(withNonce(call)).rejects.toThrow(oauth.WWWAuthenticateChallengeError);
    });

    it("I26: its resource server checks accept what our token endpoint gives", async () => {
      await gate.open("ES256");
      const as = await discover(gate);
      const client: oauth.Client = { client_id: gate.clientId };
      const key = await cryptoKey(gate.privateJwk);
      const DPoP = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
      const parameters = new URLSearchParams({ resource: gate.resource });
      const { access_token: token } = await withNonce(async () =>
        oauth.processClientCredentialsResponse(
          as,
          client,
          await oauth.clientCredentialsGrantRequest(as, client, oauth.PrivateKeyJwt(key), parameters, {
            ...insecure,
            DPoP,
          }),
        ),
      );
      let claims: oauth.JWTAccessTokenClaims | undefined;
      await oauth.protectedResourceRequest(token, "POST", new URL(gate.resource), undefined, "{}", {
        ...insecure,
        DPoP,
        [oauth.customFetch]: async (url, init) => {
          const request = new Request(url, { method: init.method, headers: init.headers, body: "{}" });
          claims = await oauth.validateJwtAccessToken(as, request, gate.resource, { ...insecure, requireDPoP: true });
          return new Response("ok");
        },
      });
      expect(claims).toMatchObject({ client_id: gate.clientId, aud: gate.resource });
    });
  });
});
