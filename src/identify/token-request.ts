// SPDX-License-Identifier: Apache-2.0
// What a token request asks for: the form, read strictly, and nothing in it left to be guessed.
import { ASSERTION_TYPE } from "./assertion.ts";
import { parseForm } from "./form.ts";
import type { HttpRequest } from "./http.ts";

/** RFC 6749 section 5.2, RFC 8707 section 2, RFC 9396 section 5, RFC 9449 sections 5 and 8. */
export type TokenError =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_scope"
  | "invalid_target"
  | "invalid_authorization_details"
  | "unsupported_grant_type"
  | "invalid_dpop_proof"
  | "use_dpop_nonce"
  | "temporarily_unavailable";

export interface TokenNo {
  readonly error: TokenError;
  /** For the caller and the log; RFC 6749 section 5.2 allows ASCII without quotes. */
  readonly why: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that can be answered once the caller has shown who it is. */
export interface TokenWish {
  readonly assertion: string;
  readonly clientId?: string;
  readonly resource: string;
}

export const no = (error: TokenError, why: string, headers?: TokenNo["headers"]): TokenNo =>
  headers === undefined ? { error, why } : { error, why, headers };

export function readTokenRequest(request: HttpRequest, resources: readonly string[]): TokenWish | TokenNo {
  if (request.method !== "POST") return no("invalid_request", "the token endpoint takes POST", { Allow: "POST" });
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/x-www-form-urlencoded") return no("invalid_request", "send a form");
  const form = parseForm(request.body);
  if (form === undefined) return no("invalid_request", "the form is malformed or larger than 64 KiB");
  // RFC 8707 lets `resource` come several times; that is a target we cannot serve, not a malformed request
  const twice = [...form].some(([name, values]) => values.length > 1 && name !== "resource");
  if (twice) return no("invalid_request", "a parameter stands twice");
  return readForm(form, request.headers["authorization"], resources);
}

function readForm(
  form: ReadonlyMap<string, readonly string[]>,
  authorization: string | undefined,
  resources: readonly string[],
): TokenWish | TokenNo {
  // SOURCE: RFC 6749 section 3.2: a parameter without a value is as if it were not there
  const one = (name: string): string | undefined => form.get(name)?.find((value) => value !== "");
  if (authorization !== undefined || one("client_secret") !== undefined) {
    return no("invalid_client", "clients authenticate by private_key_jwt only", schemeOf(authorization));
  }
  const grant = one("grant_type");
  if (grant === undefined) return no("invalid_request", "grant_type is missing");
  if (grant !== "client_credentials") return no("unsupported_grant_type", "the grant type is client_credentials");
  if (one("authorization_details") !== undefined) {
    return no("invalid_authorization_details", "no type of authorization details is known");
  }
  if (one("scope") !== undefined) return no("invalid_scope", "there are no scopes: leave the parameter out");
  const [resource, ...others] = form.get("resource") ?? [];
  if (resource === undefined || others.length > 0 || !resources.includes(resource)) {
    return no("invalid_target", "name one resource that this server protects");
  }
  const assertion = one("client_assertion");
  if (assertion === undefined || one("client_assertion_type") !== ASSERTION_TYPE) {
    return no("invalid_client", "client_assertion of type jwt-bearer is missing");
  }
  const clientId = one("client_id");
  return { assertion, resource, ...(clientId === undefined ? {} : { clientId }) };
}

/** RFC 6749 section 5.2: the challenge names the scheme that the client tried. */
function schemeOf(authorization: string | undefined): TokenNo["headers"] {
  const scheme = /^[A-Za-z]{1,16}(?= |$)/.exec(authorization ?? "")?.[0];
  return scheme === undefined ? undefined : { "WWW-Authenticate": `${scheme} realm="bailiwick"` };
}
