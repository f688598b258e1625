// SPDX-License-Identifier: Apache-2.0
// Checks a DPoP proof (RFC 9449 section 4.3), the same way at the token endpoint and at every resource. Cheap checks come
// first, a used `jti` is remembered last: a proof that is wrong anyhow burns nothing of the key's owner.
import { type Clock, member } from "../core/index.ts";
import { isSigned, type Jwt, type JwtHeader, jtiClaim, readJwt, textClaim, timeClaim } from "./jwt.ts";
import { type CallerKey, type CallerKeys, KEY_CACHE_MAX, readPublicJwk } from "./keys.ts";
import { Lru } from "./lru.ts";
import { NONCE_MAX_AGE_MS, type Nonces } from "./nonce.ts";
import { Seen } from "./seen.ts";
import { normalizeUrl } from "./url.ts";

/** Proofs of one nonce's life that are remembered; above it none is accepted. */
export const PROOFS_MAX = 200_000;

export interface ProofContext {
  readonly method: string;
  /** Configured public URL of what is called, never made from the Host header. */
  readonly url: string;
  /** Base64url SHA-256 of the access token the proof goes with; absent at the token endpoint. */
  readonly ath?: string;
}

export interface ProofFault {
  readonly fault: "invalid" | "nonce" | "replayed" | "full";
  readonly why: string;
}
export type ProofVerdict = { readonly jkt: string; readonly key: CallerKey } | ProofFault;

const invalid = (why: string): ProofFault => ({ fault: "invalid", why });

/** A header that a proof with a good signature had, and the key in it. */
interface Signer {
  readonly header: JwtHeader;
  readonly key: CallerKey;
}

export class Proofs {
  private readonly keys: CallerKeys;
  private readonly nonces: Nonces;
  private readonly used: Seen;
  /** By the text of the header; only what a signature held for is remembered, so no stranger pushes a caller out. */
  private readonly signers = new Lru<string, Signer>(KEY_CACHE_MAX);

  constructor(keys: CallerKeys, nonces: Nonces, clock: Clock) {
    this.keys = keys;
    this.nonces = nonces;
    // a little longer than any nonce lives, so that no instant lies between the two
    this.used = new Seen(clock, { keepMs: NONCE_MAX_AGE_MS + 1000, max: PROOFS_MAX });
  }

  /** @param headers every DPoP header that came */
  async verify(headers: readonly string[], context: ProofContext): Promise<ProofVerdict> {
    const [header, ...more] = headers;
    if (header === undefined) return invalid("there is no DPoP header");
    if (more.length > 0) return invalid("there is more than one DPoP header");
    const proof = readJwt(header, { embedsKey: true, knownHeader: (text) => this.signers.get(text)?.header });
    if (proof === undefined) return invalid("the proof is not a well-formed JWT with a key in its header");
    if (proof.typ !== "dpop+jwt") return invalid("the proof's typ is not dpop+jwt");
    const jti = jtiClaim(proof);
    const fault = misfit(proof, context);
    if (jti === undefined || fault !== undefined) return invalid(fault ?? "the proof's jti is missing or too long");
    // SOURCE: RFC 9449 section 4.3 item 11: the time of a proof is the nonce's, since the caller's clock may be wrong
    if (!this.nonces.isFresh(textClaim(proof, "nonce") ?? "")) {
      return { fault: "nonce", why: "the proof needs a fresh nonce of this server" };
    }
    const key = await this.signer(proof);
    if (key === undefined) return invalid("the proof's signature, algorithm or key does not hold");
    const use = this.used.use(key.jkt, jti);
    if (use === "again") return { fault: "replayed", why: "the proof was used before" };
    if (use === "full") return { fault: "full", why: "no more proofs can be remembered" };
    return { jkt: key.jkt, key };
  }

  private async signer(proof: Jwt): Promise<CallerKey | undefined> {
    const known = this.signers.get(proof.head)?.key;
    const jwk = known === undefined ? readPublicJwk(member(proof.header, "jwk")) : undefined;
    const key = known ?? (jwk === undefined ? undefined : await this.keys.import(jwk));
    if (key === undefined || !isSigned(proof, key.key, key.algorithms)) return undefined;
    const { alg, typ, header } = proof;
    if (known === undefined) this.signers.set(proof.head, { header: { alg, typ, header }, key });
    return key;
  }
}

/** What of the proof is not for this request. */
function misfit(proof: Jwt, context: ProofContext): string | undefined {
  if (textClaim(proof, "htm") !== context.method) return "the proof's htm is another method";
  if (!isAt(textClaim(proof, "htu"), context.url)) return "the proof's htu is another address";
  if (timeClaim(proof, "iat") === undefined) return "the proof's iat is missing";
  if (textClaim(proof, "ath") !== context.ath) return "the proof's ath does not match the access token";
  return undefined;
}

/** @param url configured, so that it is an address; most callers write it as we do, and there is nothing to compare then */
function isAt(htu: string | undefined, url: string): boolean {
  if (htu === undefined || htu === url) return htu === url;
  const address = normalizeUrl(htu);
  return address !== undefined && address === normalizeUrl(url);
}
