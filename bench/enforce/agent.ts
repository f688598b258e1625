// SPDX-License-Identifier: Apache-2.0
// An agent's key at the gate: a token for reading (private_key_jwt and DPoP), and a proof for each request. Proofs are made
// before the clock starts: signing is the client's work, and what it costs is a figure of its own.
import { createHash, type KeyObject, randomUUID, sign } from "node:crypto";
import { type Headers, post } from "./client.ts";

export interface AgentKey {
  readonly clientId: string;
  readonly privateKey: KeyObject;
  /** Its public half. */
  readonly jwk: object;
}

export class Signer {
  private readonly key: AgentKey;
  private readonly issuer: string;
  private readonly resource: string;
  private token = "";
  private nonce = "";
  private proofs: string[] = [];

  constructor(key: AgentKey, issuer: string, resource: string) {
    this.key = key;
    this.issuer = issuer;
    this.resource = resource;
  }

  /** A fresh token, and as many proofs. */
  async prepare(count: number): Promise<void> {
    this.token = await this.ask();
    const ath = createHash("sha256").update(this.token).digest("base64url");
    this.proofs = Array.from({ length: count }, () => this.proof({ htm: "POST", htu: this.resource, ath }));
  }

  headers(): Headers {
    const dpop = this.proofs.pop();
    if (dpop === undefined) throw new Error("no proof is left");
    return { authorization: `DPoP ${this.token}`, dpop };
  }

  proof(claims: object): string {
    const more = this.nonce === "" ? {} : { nonce: this.nonce };
    return this.jws({ typ: "dpop+jwt", jwk: this.key.jwk }, { ...claims, ...more });
  }

  private async ask(): Promise<string> {
    const url = `${this.issuer}/oauth/token`;
    const { clientId: id } = this.key;
    const details = [{ type: "bailiwick_step", locations: [this.resource], actions: ["view"] }];
    const form = (): string =>
      new URLSearchParams({
        grant_type: "client_credentials",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: this.jws({ typ: "JWT" }, { iss: id, sub: id, aud: this.issuer, exp: now() + 60 }),
        resource: this.resource,
        authorization_details: JSON.stringify(details),
      }).toString();
    const send = (): ReturnType<typeof post> =>
      post(url, undefined, form(), {
        "content-type": "application/x-www-form-urlencoded",
        dpop: this.proof({ htm: "POST", htu: url }),
      });
    let reply = await send();
    this.nonce = String(reply.headers["dpop-nonce"] ?? this.nonce);
    if (reply.text.includes("use_dpop_nonce")) reply = await send();
    this.nonce = String(reply.headers["dpop-nonce"] ?? this.nonce);
    const token = /"access_token":"([^"]+)"/.exec(reply.text)?.[1];
    if (token === undefined) throw new Error(`no token: ${reply.text}`);
    return token;
  }

  private jws(header: object, claims: object): string {
    const parts = [
      { alg: "ES256", ...header },
      { iat: now(), jti: randomUUID(), ...claims },
    ];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const signed = sign("sha256", Buffer.from(text), { key: this.key.privateKey, dsaEncoding: "ieee-p1363" });
    return `${text}.${signed.toString("base64url")}`;
  }
}

/** UNIT: seconds. */
function now(): number {
  return Math.floor(Date.now() / 1000);
}
