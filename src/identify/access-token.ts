// SPDX-License-Identifier: Apache-2.0
// Access tokens (RFC 9068) bound to one key and one audience. Only claims that mean something today are in them.
import { hash, type KeyObject } from "node:crypto";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, importJWK, type JWK, SignJWT } from "jose";
import {
  type Clock,
  type IdentityId,
  type InstanceId,
  type Instant,
  identityOf,
  instant,
  member,
  parseInstanceId,
  type Random,
} from "../core/index.ts";
import { isSigned, type Jwt, jtiClaim, readJwt, textClaim, timeClaim } from "./jwt.ts";
import { Lru } from "./lru.ts";

/** Tokens kept verified: the proof, the time and the registry are judged on every call, the signature once. */
export const TOKEN_CACHE_MAX = 10_000;

export interface AccessToken {
  readonly jti: string;
  readonly identity: IdentityId;
  readonly instance: InstanceId;
  readonly audience: string;
  readonly jkt: string;
  readonly issued: Instant;
  readonly expires: Instant;
}

export interface IssuePorts {
  readonly clock: Clock;
  readonly random: Random;
}

export type SigningKey = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

/** SHA-256 of a token, base64url: its name in the cache, and the `ath` of its proofs (RFC 9449 section 4.1). */
export function tokenHash(token: string): string {
  return hash("sha256", token, "base64url");
}

export class AccessTokens {
  /** RFC 7517 key set: access keys only, since a resource server must accept any key it finds there (identify I59). */
  readonly jwk: JWK;
  readonly kid: string;
  private readonly issuer: string;
  private readonly ports: IssuePorts;
  private readonly privateKey: KeyObject;
  private readonly publicKey: CryptoKey;
  private readonly verified = new Lru<string, AccessToken>(TOKEN_CACHE_MAX);

  private constructor(
    issuer: string,
    ports: IssuePorts,
    keys: { privateKey: KeyObject; publicKey: CryptoKey; jwk: JWK; kid: string },
  ) {
    this.issuer = issuer;
    this.ports = ports;
    this.privateKey = keys.privateKey;
    this.publicKey = keys.publicKey;
    this.jwk = keys.jwk;
    this.kid = keys.kid;
  }

  static async create(issuer: string, pair: SigningKey, ports: IssuePorts): Promise<AccessTokens> {
    const bare = await exportJWK(pair.publicKey);
    const kid = await calculateJwkThumbprint(bare, "sha256");
    const publicKey = await importJWK(bare, "ES256");
    if (publicKey instanceof Uint8Array) throw new TypeError("the access key is symmetric");
    const jwk = { ...bare, kid, alg: "ES256", use: "sig" };
    return new AccessTokens(issuer, ports, { privateKey: pair.privateKey, publicKey, jwk, kid });
  }

  /** What a token for this instance would say. `exp` and `iat` are whole seconds, as JWT times are. */
  draft(
    instanceId: InstanceId,
    audience: string,
    jkt: string,
    limits: { ttlMs: number; notAfter: Instant },
  ): AccessToken {
    const issued = Math.floor(this.ports.clock.now() / 1000) * 1000;
    const expires = Math.floor(Math.min(issued + limits.ttlMs, limits.notAfter) / 1000) * 1000;
    return {
      jti: this.ports.random.id(),
      identity: identityOf(instanceId),
      instance: instanceId,
      audience,
      jkt,
      issued: instant(issued),
      expires: instant(expires),
    };
  }

  sign(token: AccessToken): Promise<string> {
    return new SignJWT({
      iss: this.issuer,
      aud: token.audience,
      sub: token.identity,
      client_id: token.instance,
      jti: token.jti,
      iat: token.issued / 1000,
      exp: token.expires / 1000,
      cnf: { jkt: token.jkt },
    })
      .setProtectedHeader({ typ: "at+jwt", alg: "ES256", kid: this.kid })
      .sign(this.privateKey);
  }

  /** Reads a token that we issued; `undefined` for any other text. Its time is for the caller to judge. */
  async read(text: string, name: string): Promise<AccessToken | undefined> {
    const known = this.verified.get(name);
    if (known !== undefined) return known;
    const jwt = readJwt(text, { embedsKey: false });
    if (jwt === undefined || jwt.typ !== "at+jwt" || member(jwt.header, "kid") !== this.kid) return undefined;
    if (!(await isSigned(jwt, this.publicKey, ["ES256"]))) return undefined;
    const token = this.claims(jwt);
    if (token !== undefined) this.verified.set(name, token);
    return token;
  }

  private claims(jwt: Jwt): AccessToken | undefined {
    const [jti, audience, client] = [jtiClaim(jwt), textClaim(jwt, "aud"), textClaim(jwt, "client_id")];
    const [issued, expires] = [timeClaim(jwt, "iat"), timeClaim(jwt, "exp")];
    const jkt = member(member(jwt.payload, "cnf"), "jkt");
    if (textClaim(jwt, "iss") !== this.issuer || typeof jkt !== "string") return undefined;
    if (jti === undefined || audience === undefined || client === undefined) return undefined;
    if (issued === undefined || expires === undefined) return undefined;
    const id = parseInstanceId(client);
    const identity = identityOf(id);
    if (textClaim(jwt, "sub") !== identity) return undefined;
    return { jti, identity, instance: id, audience, jkt, issued: instant(issued), expires: instant(expires) };
  }
}
