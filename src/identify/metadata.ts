// SPDX-License-Identifier: Apache-2.0
// What the server says about itself: RFC 8414, RFC 9728 and the key set. It lists only what works.
import { hash } from "node:crypto";
import type { JWK } from "jose";
import type { ProtectedResource } from "./config.ts";
import { DETAILS_TYPE } from "./details.ts";
import { type HttpAnswer, jsonAnswer } from "./http.ts";
import { CALLER_ALGORITHMS } from "./keys.ts";
import { REVOKE_PATH } from "./revocation.ts";
import { TOKEN_PATH } from "./token-endpoint.ts";
import { EXCHANGE } from "./token-request.ts";
import { wellKnownPath } from "./url.ts";

export const JWKS_PATH = "/oauth/jwks";
export const AUTHORIZE_PATH = "/oauth/authorize";

/** A document to be served with GET at its path, whole and as it is. */
export interface Document {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Absolute URL of a resource's metadata, for `resource_metadata` in a 401. */
export function resourceMetadataUrl(resource: string): string {
  return `${new URL(resource).origin}${wellKnownPath("oauth-protected-resource", resource)}`;
}

export function documents(
  issuer: string,
  resources: readonly ProtectedResource[],
  keys: readonly JWK[],
): readonly Document[] {
  return [
    document(wellKnownPath("oauth-authorization-server", issuer), {
      issuer,
      // SOURCE: RFC 8414 section 2 lets a server without such grants leave this out, but stock MCP clients require both
      // members; the endpoint exists, answers every request with `unsupported_response_type`, and the list is empty
      authorization_endpoint: `${issuer}${AUTHORIZE_PATH}`,
      response_types_supported: [],
      token_endpoint: `${issuer}${TOKEN_PATH}`,
      jwks_uri: `${issuer}${JWKS_PATH}`,
      revocation_endpoint: `${issuer}${REVOKE_PATH}`,
      revocation_endpoint_auth_methods_supported: ["private_key_jwt"],
      revocation_endpoint_auth_signing_alg_values_supported: CALLER_ALGORITHMS,
      grant_types_supported: ["client_credentials", EXCHANGE],
      authorization_details_types_supported: [DETAILS_TYPE],
      token_endpoint_auth_methods_supported: ["private_key_jwt"],
      token_endpoint_auth_signing_alg_values_supported: CALLER_ALGORITHMS,
      dpop_signing_alg_values_supported: CALLER_ALGORITHMS,
      // SOURCE: RFC 9728 section 4
      protected_resources: resources.map((r) => r.url),
    }),
    document(JWKS_PATH, { keys }),
    ...resources.map(({ url, name }) =>
      document(wellKnownPath("oauth-protected-resource", url), {
        resource: url,
        ...(name === undefined ? {} : { resource_name: name }),
        authorization_servers: [issuer],
        bearer_methods_supported: ["header"],
        authorization_details_types_supported: [DETAILS_TYPE],
        dpop_signing_alg_values_supported: CALLER_ALGORITHMS,
        dpop_bound_access_tokens_required: true,
      }),
    ),
  ];
}

function document(path: string, content: object): Document {
  const body = JSON.stringify(content);
  const etag = `"${hash("sha256", body, "base64url")}"`;
  return {
    path,
    headers: { "Content-Type": "application/json", "Cache-Control": "public, max-age=60", ETag: etag },
    body,
  };
}

/** The answer of the authorization endpoint: no client gets a redirect, since none registered one (RFC 6749 4.1.2.1). */
export function authorizeAnswer(): HttpAnswer {
  const body = {
    error: "unsupported_response_type",
    error_description: "tokens are given at the token endpoint only",
  };
  return jsonAnswer(400, body, { "Cache-Control": "no-store" });
}
