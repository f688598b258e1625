// SPDX-License-Identifier: Apache-2.0
import type { Identity, Refusal, Standing } from "../identity.ts";
import type { IdentityId } from "../ids.ts";

/** One request to a protected resource, as the gate received it. */
export interface ProofInput {
  readonly method: string;
  /** Configured public URL of the resource (RFC 8707), never made from the Host header. */
  readonly resource: string;
  readonly authorization: string | undefined;
  /** Every `DPoP` header that came, each its own element. */
  readonly dpop: readonly string[];
}

export interface Prover {
  /** Who is asking (identify I26). Never throws. The nonce is for the next proof of this caller. */
  prove(input: ProofInput): Promise<{ readonly standing: Standing } | { readonly refusal: Refusal }>;
  /** A fresh DPoP nonce (RFC 9449 section 8.2) for a response. */
  nonce(): string;
}

export interface IdentityView {
  get(id: IdentityId): Identity | undefined;
}
