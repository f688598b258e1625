// SPDX-License-Identifier: Apache-2.0
// What a token request asks for: the form, read strictly, and nothing in it left to be guessed.
import { ASSERTION_TYPE } from "./assertion.ts";
import { readDetails, type StepWish } from "./details.ts";
import { parseForm } from "./form.ts";
import type { HttpRequest } from "./http.ts";
import type { Resources } from "./resources.ts";

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

export const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
/** RFC 8693 section 3: what is exchanged, and what comes of it. */
export const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";
/** RFC 8693 section 3: the same token, by the name of its form. */
const JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt";

/** A request that can be answered once the caller has shown who it is. */
export interface TokenWish {
  readonly assertion: string;
  readonly clientId?: string;
  readonly resource: string;
  /** What the token is to let through; absent for a stock client, which gets what reads. */
  readonly details?: StepWish;
  /** The token that is exchanged. */
  readonly subject?: string;
}

/** A form that came by POST, and the assertion of who sent it. */
export interface ClientForm {
  /** The value of a parameter. */
  readonly one: (name: string) => string | undefined;
  /** RFC 8707 lets it come several times. */
  readonly resources: readonly string[];
  readonly assertion: string;
  readonly clientId?: string;
}

export const no = (error: TokenError, why: string, headers?: TokenNo["headers"]): TokenNo =>
  headers === undefined ? { error, why } : { error, why, headers };

export function readTokenRequest(request: HttpRequest, resources: Pick<Resources, "has">): TokenWish | TokenNo {
  const form = readForm(request);
  if ("error" in form) return form;
  const grant = form.one("grant_type");
  const unknown = checkGrantType(grant);
  if (unknown !== undefined) return unknown;
  if (form.one("scope") !== undefined) return no("invalid_scope", "there are no scopes: use authorization_details");
  const [resource, ...others] = form.resources;
  if (resource === undefined || others.length > 0 || !resources.has(resource)) {
    return no("invalid_target", "name one resource that this server protects");
  }
  const text = form.one("authorization_details");
  const details = text === undefined ? undefined : readDetails(text);
  if (details !== undefined && "why" in details) return no("invalid_authorization_details", details.why);
  const subject: Pick<TokenWish, "subject"> | TokenNo = grant === EXCHANGE ? readSubject(form, details) : {};
  if ("error" in subject) return subject;
  const client = readClient(form);
  if ("error" in client) return client;
  return { ...client, ...subject, resource, ...(details === undefined ? {} : { details }) };
}

function checkGrantType(grant: string | undefined): TokenNo | undefined {
  if (grant === undefined) return no("invalid_request", "grant_type is missing");
  if (grant === "client_credentials" || grant === EXCHANGE) return undefined;
  return no("unsupported_grant_type", "the grant type is client_credentials or token-exchange");
}

/** RFC 8693 section 2.1, for the one kind of token that is exchanged so far: the client's own. */
function readSubject(
  { one }: UnreadForm,
  details: StepWish | undefined,
): Required<Pick<TokenWish, "subject">> | TokenNo {
  if (one("actor_token") !== undefined || one("actor_token_type") !== undefined) {
    return no("invalid_request", "nobody acts for another here: leave actor_token and its type out");
  }
  if (one("audience") !== undefined) return no("invalid_target", "name the target by resource");
  const subject = one("subject_token");
  const types = [ACCESS_TOKEN_TYPE, JWT_TYPE];
  if (subject === undefined || !types.includes(one("subject_token_type") ?? "")) {
    return no("invalid_request", "subject_token of type access_token is missing");
  }
  if (!types.includes(one("requested_token_type") ?? ACCESS_TOKEN_TYPE)) {
    return no("invalid_request", "only an access_token comes of an exchange");
  }
  if (details === undefined) return no("invalid_request", "say what the new token is to let through");
  return { subject };
}

type UnreadForm = Pick<ClientForm, "one" | "resources">;

/** The form of a client that authenticates by `private_key_jwt`. */
export function readClientForm(request: HttpRequest): ClientForm | TokenNo {
  const form = readForm(request);
  if ("error" in form) return form;
  const client = readClient(form);
  return "error" in client ? client : { ...form, ...client };
}

function readForm(request: HttpRequest): UnreadForm | TokenNo {
  if (request.method !== "POST") return no("invalid_request", "this endpoint takes POST", { Allow: "POST" });
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/x-www-form-urlencoded") return no("invalid_request", "send a form");
  const form = parseForm(request.body);
  if (form === undefined) return no("invalid_request", "the form is malformed or larger than 64 KiB");
  // RFC 8707 lets `resource` come several times; that is a target we cannot serve, not a malformed request
  const twice = [...form].some(([name, values]) => values.length > 1 && name !== "resource");
  if (twice) return no("invalid_request", "a parameter stands twice");
  const { authorization } = request.headers;
  // SOURCE: RFC 6749 section 3.2: a parameter without a value is as if it were not there
  const one = (name: string): string | undefined => form.get(name)?.find((value) => value !== "");
  if (authorization !== undefined || one("client_secret") !== undefined) {
    return no("invalid_client", "clients authenticate by private_key_jwt only", schemeOf(authorization));
  }
  return { one, resources: form.get("resource") ?? [] };
}

function readClient({ one }: UnreadForm): Pick<ClientForm, "assertion" | "clientId"> | TokenNo {
  const assertion = one("client_assertion");
  if (assertion === undefined || one("client_assertion_type") !== ASSERTION_TYPE) {
    return no("invalid_client", "client_assertion of type jwt-bearer is missing");
  }
  const clientId = one("client_id");
  return { assertion, ...(clientId === undefined ? {} : { clientId }) };
}

/** RFC 6749 section 5.2: the challenge names the scheme that the client tried. */
function schemeOf(authorization: string | undefined): TokenNo["headers"] {
  const scheme = /^[A-Za-z]{1,16}(?= |$)/.exec(authorization ?? "")?.[0];
  return scheme === undefined ? undefined : { "WWW-Authenticate": `${scheme} realm="bailiwick"` };
}
