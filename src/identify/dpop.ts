// SPDX-License-Identifier: Apache-2.0
// Checks a DPoP proof (RFC 9449 section 4.3), the same way at the token endpoint and at every resource. Cheap checks come
// first, a used `jti` is remembered last: a proof that is wrong anyhow burns nothing of the key's owner.
import { type Clock, member } from "../core/index.ts";
import { isSigned, type Jwt, jtiClaim, readJwt, textClaim, timeClaim } from "./jwt.ts";
import { type CallerKey, type CallerKeys, readPublicJwk } from "./keys.ts";
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

export class Proofs {
  private readonly keys: CallerKeys;
  private readonly nonces: Nonces;
  private readonly used: Seen;

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
    const proof = readJwt(header, { embedsKey: true });
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
    const jwk = readPublicJwk(member(proof.header, "jwk"));
    const key = jwk === undefined ? undefined : await this.keys.import(jwk);
    return key !== undefined && (await isSigned(proof, key.key, key.algorithms)) ? key : undefined;
  }
}

/** What of the proof is not for this request. */
function misfit(proof: Jwt, context: ProofContext): string | undefined {
  if (textClaim(proof, "htm") !== context.method) return "the proof's htm is another method";
  const htu = normalizeUrl(textClaim(proof, "htu") ?? "");
  if (htu === undefined || htu !== normalizeUrl(context.url)) return "the proof's htu is another address";
  if (timeClaim(proof, "iat") === undefined) return "the proof's iat is missing";
  if (textClaim(proof, "ath") !== context.ath) return "the proof's ath does not match the access token";
  return undefined;
}
