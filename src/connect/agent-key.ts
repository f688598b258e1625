// SPDX-License-Identifier: Apache-2.0
// The key of one instance: what it signs, and nothing of it ever leaves (identify I26, I40, I44).
import { type CryptoKey, importJWK, type JWK, SignJWT } from "jose";
import { ConnectError } from "./errors.ts";
import type { SignPorts } from "./ports.ts";

/** UNIT: s. How long an assertion may be used; it is made for each request. */
const ASSERTION_LIFE_S = 60;
/** Members of a public P-256 or Ed25519 key (RFC 7517, RFC 8037). */
const PUBLIC = ["kty", "crv", "x", "y"] as const;

/** What a DPoP proof is for (RFC 9449 section 4.2). */
export interface ProofFor {
  readonly method: string;
  readonly url: string;
  /** Base64url SHA-256 of the access token that it goes with. */
  readonly ath?: string;
  readonly nonce?: string | undefined;
}

export class AgentKey {
  readonly publicJwk: JWK;
  private readonly key: CryptoKey;
  private readonly alg: string;
  private readonly ports: SignPorts;
  /** Random per process: with `seq` it shows two holders of one key (identify I40). */
  private readonly boot: string;
  /** Rises with every proof; nobody else writes it. */
  private seq = 0;

  private constructor(key: CryptoKey, jwk: JWK, ports: SignPorts) {
    this.key = key;
    this.alg = jwk.kty === "OKP" ? "EdDSA" : "ES256";
    this.publicJwk = Object.fromEntries(PUBLIC.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]]])));
    this.ports = ports;
    this.boot = Buffer.from(ports.random.bytes(12)).toString("base64url");
  }

  /** @throws ConnectError CONNECT_KEY_MALFORMED; the message never holds the key */
  static async of(jwk: JWK, ports: SignPorts): Promise<AgentKey> {
    const isKnown = (jwk.kty === "EC" && jwk.crv === "P-256") || (jwk.kty === "OKP" && jwk.crv === "Ed25519");
    const alg = jwk.kty === "OKP" ? "EdDSA" : "ES256";
    const key = isKnown && jwk.d !== undefined ? await importJWK(jwk, alg).catch(() => undefined) : undefined; // Web Crypto's word for a bad key
    if (key === undefined || key instanceof Uint8Array) {
      throw new ConnectError("CONNECT_KEY_MALFORMED", "reading the key: not a private P-256 or Ed25519 JWK");
    }
    return new AgentKey(key, jwk, ports);
  }

  /** A proof for one request (RFC 9449). */
  proof({ method, url, ath, nonce }: ProofFor): Promise<string> {
    this.seq += 1;
    const claims = {
      htm: method,
      htu: url,
      ...(ath === undefined ? {} : { ath }),
      ...(nonce === undefined ? {} : { nonce }),
      boot: this.boot,
      seq: this.seq,
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: this.alg, typ: "dpop+jwt", jwk: this.publicJwk })
      .setJti(this.unique())
      .setIssuedAt(this.now())
      .sign(this.key);
  }

  /** Says who asks for a token: `private_key_jwt` (RFC 7523 section 3). */
  assertion(instance: string, issuer: string): Promise<string> {
    const now = this.now();
    return new SignJWT({})
      .setProtectedHeader({ alg: this.alg, typ: "client-authentication+jwt" })
      .setIssuer(instance)
      .setSubject(instance)
      .setAudience(issuer)
      .setJti(this.unique())
      .setIssuedAt(now)
      .setExpirationTime(now + ASSERTION_LIFE_S)
      .sign(this.key);
  }

  private unique(): string {
    return Buffer.from(this.ports.random.bytes(16)).toString("base64url");
  }

  /** UNIT: s, as JWTs count. */
  private now(): number {
    return Math.floor(this.ports.clock.now() / 1000);
  }
}
