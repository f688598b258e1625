// SPDX-License-Identifier: Apache-2.0
// The key of one instance: what it signs, and nothing of it ever leaves (identify I26, I40, I44).
import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { JWK } from "jose";
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
  readonly ath: string | undefined;
  readonly nonce: string | undefined;
}

export class AgentKey {
  readonly publicJwk: JWK;
  private readonly key: KeyObject;
  private readonly alg: "ES256" | "EdDSA";
  private readonly ports: SignPorts;
  /** Random per process: with `seq` it shows two holders of one key (identify I40). */
  private readonly boot: string;
  /** Header of every proof. */
  private readonly proofHead: string;
  /** Rises with every proof; nobody else writes it. */
  private seq = 0;

  private constructor(key: KeyObject, jwk: JWK, ports: SignPorts) {
    this.key = key;
    this.alg = jwk.kty === "OKP" ? "EdDSA" : "ES256";
    this.publicJwk = Object.fromEntries(PUBLIC.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]]])));
    this.proofHead = part({ alg: this.alg, typ: "dpop+jwt", jwk: this.publicJwk });
    this.ports = ports;
    this.boot = Buffer.from(ports.random.bytes(12)).toString("base64url");
  }

  /** @throws ConnectError CONNECT_KEY_MALFORMED; the message never holds the key */
  static of(jwk: JWK, ports: SignPorts): AgentKey {
    const isKnown = (jwk.kty === "EC" && jwk.crv === "P-256") || (jwk.kty === "OKP" && jwk.crv === "Ed25519");
    const key = isKnown && jwk.d !== undefined ? keyOf(jwk) : undefined;
    if (key === undefined) {
      throw new ConnectError("CONNECT_KEY_MALFORMED", "reading the key: not a private P-256 or Ed25519 JWK");
    }
    return new AgentKey(key, jwk, ports);
  }

  /** A proof for one request (RFC 9449). */
  proof({ method, url, ath, nonce }: ProofFor): string {
    this.seq += 1;
    const claims = {
      htm: method,
      htu: url,
      ath,
      nonce,
      boot: this.boot,
      seq: this.seq,
      jti: this.unique(),
      iat: this.now(),
    };
    return this.signed(this.proofHead, claims);
  }

  /** Says who asks for a token: `private_key_jwt` (RFC 7523 section 3). */
  assertion(instance: string, issuer: string): string {
    const iat = this.now();
    const head = part({ alg: this.alg, typ: "client-authentication+jwt" });
    const exp = iat + ASSERTION_LIFE_S;
    return this.signed(head, { iss: instance, sub: instance, aud: issuer, jti: this.unique(), iat, exp });
  }

  /** A JWS in its compact form (RFC 7515 section 7.1): ES256 as the 64 bytes of RFC 7518 section 3.4, or Ed25519. */
  private signed(head: string, claims: object): string {
    const input = `${head}.${part(claims)}`;
    const digest = this.alg === "ES256" ? "sha256" : null;
    const signature = sign(digest, Buffer.from(input), { key: this.key, dsaEncoding: "ieee-p1363" });
    return `${input}.${signature.toString("base64url")}`;
  }

  private unique(): string {
    return Buffer.from(this.ports.random.bytes(16)).toString("base64url");
  }

  /** UNIT: s, as JWTs count. */
  private now(): number {
    return Math.floor(this.ports.clock.now() / 1000);
  }
}

function part(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString("base64url");
}

function keyOf(jwk: JWK): KeyObject | undefined {
  try {
    return createPrivateKey({ key: jwk, format: "jwk" });
  } catch {
    return undefined; // OpenSSL's word for a bad key; it may hold part of it
  }
}
