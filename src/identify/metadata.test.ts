// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { parseTenantId } from "../core/index.ts";
import { checkConfig, type IdentifyConfig, identifySection } from "./config.ts";
import { documents } from "./metadata.ts";
import { ANY_TEXT } from "./testing/any.ts";
import { ISSUER, openWorld, RESOURCE } from "./testing/world.ts";

const document = (list: ReturnType<typeof documents>, at: string): Record<string, unknown> =>
  JSON.parse(list.find((d) => d.path === at)?.body ?? "null") as Record<string, unknown>;

describe("metadata", () => {
  it("I47: the issuer stands as it was configured, and only what works is listed", async () => {
    await using world = await openWorld();
    const found = document(world.identify.documents(), "/.well-known/oauth-authorization-server");
    expect(found).toEqual({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/oauth/authorize`,
      response_types_supported: [],
      token_endpoint: `${ISSUER}/oauth/token`,
      jwks_uri: `${ISSUER}/oauth/jwks`,
      grant_types_supported: ["client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"],
      authorization_details_types_supported: ["bailiwick_step"],
      revocation_endpoint: `${ISSUER}/oauth/revoke`,
      revocation_endpoint_auth_methods_supported: ["private_key_jwt"],
      revocation_endpoint_auth_signing_alg_values_supported: ["ES256", "Ed25519", "EdDSA"],
      token_endpoint_auth_methods_supported: ["private_key_jwt"],
      token_endpoint_auth_signing_alg_values_supported: ["ES256", "Ed25519", "EdDSA"],
      dpop_signing_alg_values_supported: ["ES256", "Ed25519", "EdDSA"],
      protected_resources: [RESOURCE, "https://gate.example/mcp/mail"],
    });
    const refused = world.identify.authorize();
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([400, { error: "unsupported_response_type" }]);
  });
  it("I46: each resource has a document between its host and its path", async () => {
    await using world = await openWorld();
    expect(document(world.identify.documents(), "/.well-known/oauth-protected-resource/mcp/files")).toEqual({
      resource: RESOURCE,
      resource_name: "files",
      authorization_servers: [ISSUER],
      bearer_methods_supported: ["header"],
      authorization_details_types_supported: ["bailiwick_step"],
      dpop_signing_alg_values_supported: ["ES256", "Ed25519", "EdDSA"],
      dpop_bound_access_tokens_required: true,
    });
  });
  it("I59: the key set holds one public key", async () => {
    await using world = await openWorld();
    const { keys } = document(world.identify.documents(), "/oauth/jwks");
    expect(keys).toEqual([
      {
        kty: "EC",
        crv: "P-256",
        x: ANY_TEXT,
        y: ANY_TEXT,
        kid: ANY_TEXT,
        alg: "ES256",
        use: "sig",
      },
    ]);
  });
  it("I47: an issuer with a path has its well-known part in between", () => {
    const paths = documents("https://gate.example/bw", [{ url: "https://gate.example/bw/mcp/a" }], []).map(
      (d) => d.path,
    );
    expect(paths).toEqual([
      "/.well-known/oauth-authorization-server/bw",
      "/oauth/jwks",
      "/.well-known/oauth-protected-resource/bw/mcp/a",
    ]);
  });
  it("I48: documents may be kept for a minute and have an ETag", async () => {
    await using world = await openWorld();
    for (const { headers } of world.identify.documents()) {
      expect(headers).toEqual({
        "Content-Type": "application/json",
        "Cache-Control": "public, max-age=60",
        ETag: ANY_TEXT,
      });
    }
  });
});

describe("configuration", () => {
  const config: IdentifyConfig = {
    issuer: ISSUER,
    trustDomain: "gate.example",
    tenant: parseTenantId("main"),
    resources: [{ url: RESOURCE }],
    dataDir: "/nowhere",
    settings: identifySection.parse(undefined),
  };
  it("I25: the defaults are 2 minutes to read, 30 seconds to act, 10 minutes for a step", () => {
    const lives = { readTtlMs: 120_000, effectTtlMs: 30_000, stepMs: 600_000 };
    expect(identifySection.parse({})).toEqual({
      ...lives,
      skewMs: 5000,
      sessionMs: 43_200_000,
      sessionIdleMs: 1_800_000,
      leaseMs: 604_800_000,
      remotePairing: false,
    });
    expect(identifySection.safeParse({ readTtlMs: 300_001 }).success).toBe(false);
    expect(identifySection.safeParse({ ttl: 1 }).success).toBe(false);
  });
  it.each([
    "https://gate.example/",
    "gate.example",
    "https://gate.example/?x",
    "https://gate.example#x",
    "https://u@gate.example",
    'https://gate.example/"',
  ])("I47: the issuer `%s` is refused", (issuer) => {
    expect(() => checkConfig({ ...config, issuer })).toThrow("reading the issuer");
  });
  it.each(["mcp/files", "https://gate.example/mcp?x=1", "https://gate.example/mcp#x"])(
    "RFC 8707: the resource `%s` is refused",
    (url) => {
      expect(() => checkConfig({ ...config, resources: [{ url }] })).toThrow("reading a protected resource");
    },
  );
  it("a resource stands once", () => {
    expect(() => checkConfig({ ...config, resources: [{ url: RESOURCE }, { url: RESOURCE }] })).toThrow(
      "one stands twice",
    );
    expect(() => checkConfig(config)).not.toThrow();
  });
});
