// SPDX-License-Identifier: Apache-2.0
// Step tokens: access tokens (RFC 9068) bound to one key, one audience, one step of one mandate (identify I24). Only claims
// that mean something today are in them, and a token with any other is none of ours.
import { hash, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, type JWK, SignJWT } from "jose";
import {
  CoreError,
  type IdentityId,
  type InstanceId,
  type Instant,
  identityOf,
  instant,
  isJsonArray,
  isJsonObject,
  type Json,
  type MandateId,
  member,
  parseIdentityId,
  parseInstanceId,
  parseStepId,
  parseTaskId,
  type StepGrant,
  type StepId,
  type TaskId,
} from "../core/index.ts";
import { detailsOf, readGranted } from "./details.ts";
import { isSigned, type Jwt, jtiClaim, readJwt, textClaim, timeClaim } from "./jwt.ts";
import { Lru } from "./lru.ts";

/** Tokens kept verified: the proof, the time and the registry are judged on every call, the signature once. */
export const TOKEN_CACHE_MAX = 10_000;

export interface StepToken {
  readonly jti: string;
  /** Who acts. */
  readonly identity: IdentityId;
  readonly instance: InstanceId;
  /** For whom: the grantor of the mandate. */
  readonly onBehalfOf: IdentityId;
  readonly audience: string;
  readonly jkt: string;
  readonly issued: Instant;
  readonly expires: Instant;
  readonly task: TaskId;
  readonly mandate: MandateId;
  /** The terms of the mandate that it was given under. */
  readonly s256: string;
  /** Steps from the first to its own, which is the last. */
  readonly path: readonly [StepId, ...StepId[]];
  readonly maxHop: number;
  /** Base64url SHA-256 of the `jti` of the token that it was exchanged for. */
  readonly parent?: string;
  readonly environment: string;
  readonly grant: StepGrant;
}

export type SigningKey = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

/** SHA-256 of a token, base64url: its name in the cache, and the `ath` of its proofs (RFC 9449 section 4.1). */
export function tokenHash(token: string): string {
  return hash("sha256", token, "base64url");
}

/** The step that a token is bound to. */
export function stepOf({ path }: StepToken): StepId {
  return path.at(-1) ?? path[0];
}

/** Good for one call (identify I25). */
export function isSingleUse(grant: StepGrant): boolean {
  return grant.verbs.includes("execute");
}

export class AccessTokens {
  /** RFC 7517 key set: access keys only, since a resource server must accept any key it finds there (identify I59). */
  readonly jwk: JWK;
  readonly kid: string;
  private readonly issuer: string;
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;
  private readonly verified = new Lru<string, StepToken>(TOKEN_CACHE_MAX);

  private constructor(issuer: string, keys: SigningKey & { jwk: JWK; kid: string }) {
    this.issuer = issuer;
    this.privateKey = keys.privateKey;
    this.publicKey = keys.publicKey;
    this.jwk = keys.jwk;
    this.kid = keys.kid;
  }

  static async create(issuer: string, pair: SigningKey): Promise<AccessTokens> {
    const bare = await exportJWK(pair.publicKey);
    const kid = await calculateJwkThumbprint(bare, "sha256");
    const jwk = { ...bare, kid, alg: "ES256", use: "sig" };
    return new AccessTokens(issuer, { ...pair, jwk, kid });
  }

  sign(token: StepToken): Promise<string> {
    const { mandate, s256, path, maxHop, parent, environment } = token;
    const step = stepOf(token);
    const par = parent === undefined ? {} : { par: parent };
    return new SignJWT({
      iss: this.issuer,
      aud: token.audience,
      sub: token.onBehalfOf,
      client_id: token.instance,
      act: { sub: token.identity },
      jti: token.jti,
      iat: token.issued / 1000,
      exp: token.expires / 1000,
      scope: token.grant.verbs.join(" "),
      cnf: { jkt: token.jkt },
      authorization_details: [detailsOf(token.grant, mandate, step)],
      txn: token.task,
      bw: { mandate, s256, step, path, hop: path.length - 1, max_hop: maxHop, ...par, env: environment },
    })
      .setProtectedHeader({ typ: "at+jwt", alg: "ES256", kid: this.kid })
      .sign(this.privateKey);
  }

  /** Reads a token that we issued; `undefined` for any other text. Its time and its mandate are for the caller to judge. */
  read(text: string, name: string): StepToken | undefined {
    const known = this.verified.get(name);
    if (known !== undefined) return known;
    const jwt = readJwt(text, { embedsKey: false });
    if (jwt === undefined || jwt.typ !== "at+jwt" || member(jwt.header, "kid") !== this.kid) return undefined;
    if (!isSigned(jwt, this.publicKey, ["ES256"])) return undefined;
    const token = textClaim(jwt, "iss") === this.issuer ? claimsOrNone(jwt) : undefined;
    if (token !== undefined) this.verified.set(name, token);
    return token;
  }
}

/** A claim that is no id makes it none of ours, like one that is missing. */
function claimsOrNone(jwt: Jwt): StepToken | undefined {
  try {
    return readClaims(jwt);
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

type Bound = Pick<
  StepToken,
  "jti" | "audience" | "instance" | "identity" | "onBehalfOf" | "issued" | "expires" | "jkt"
>;

function readClaims(jwt: Jwt): StepToken | undefined {
  const bound = readBound(jwt);
  const granted = readGranted(member(jwt.payload, "authorization_details"));
  const task = textClaim(jwt, "txn");
  const step = readStepClaims(member(jwt.payload, "bw"));
  if (bound === undefined || granted === undefined || task === undefined || step === undefined) return undefined;
  const isOne = granted.mandate === step.mandate && granted.step === step.path.at(-1);
  if (!isOne || textClaim(jwt, "scope") !== granted.grant.verbs.join(" ")) return undefined;
  return { ...bound, ...step, mandate: granted.mandate, task: parseTaskId(task), grant: granted.grant };
}

function readBound(jwt: Jwt): Bound | undefined {
  const [jti, audience, client, sub] = [
    jtiClaim(jwt),
    textClaim(jwt, "aud"),
    textClaim(jwt, "client_id"),
    textClaim(jwt, "sub"),
  ];
  const [issued, expires] = [timeClaim(jwt, "iat"), timeClaim(jwt, "exp")];
  const jkt = member(member(jwt.payload, "cnf"), "jkt");
  const actor = member(member(jwt.payload, "act"), "sub");
  if (jti === undefined || audience === undefined || client === undefined || sub === undefined) return undefined;
  if (issued === undefined || expires === undefined || typeof jkt !== "string") return undefined;
  const id = parseInstanceId(client);
  const identity = identityOf(id);
  if (actor !== identity) return undefined;
  const onBehalfOf = parseIdentityId(sub);
  return { jti, audience, instance: id, identity, onBehalfOf, issued: instant(issued), expires: instant(expires), jkt };
}

const STEP_CLAIMS = new Set(["mandate", "s256", "step", "path", "hop", "max_hop", "par", "env"]);

type StepClaims = Pick<StepToken, "s256" | "path" | "maxHop" | "parent" | "environment"> & { readonly mandate: string };

/** The claim `bw`; one member that is not on the list and the token is refused (identify I24). */
function readStepClaims(bw: Json | undefined): StepClaims | undefined {
  if (!isJsonObject(bw) || Object.keys(bw).some((name) => !STEP_CLAIMS.has(name))) return undefined;
  const { mandate, s256, step, hop, max_hop: maxHop, par, env } = bw;
  const [first, ...rest] = readPath(member(bw, "path"));
  if (first === undefined || (rest.at(-1) ?? first) !== step || hop !== rest.length) return undefined;
  if (typeof mandate !== "string" || typeof s256 !== "string" || typeof env !== "string") return undefined;
  if (typeof maxHop !== "number" || hop > maxHop || (par !== undefined && typeof par !== "string")) return undefined;
  return {
    mandate,
    s256,
    path: [first, ...rest],
    maxHop,
    environment: env,
    ...(par === undefined ? {} : { parent: par }),
  };
}

function readPath(json: Json | undefined): readonly StepId[] {
  return isJsonArray(json) ? json.map((id) => parseStepId(typeof id === "string" ? id : "")) : [];
}
