// SPDX-License-Identifier: Apache-2.0
import type { ControlDraft, ControlEntry, Effect, ScopeKey } from "../feed.ts";
import type { Identity, Refusal, Standing } from "../identity.ts";
import type { Digest, IdentityId, OrderId } from "../ids.ts";
import type { Instant } from "../time.ts";

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

/** The index of the control feed: synchronous, from memory, never throws. */
export interface FeedView {
  /**
   * The strictest effect over all scopes on what was issued then: `isolate` where a row killed it, else what orders bind.
   * @param issued of the token that is used (`Standing.token.issued`)
   */
  effect(keys: readonly ScopeKey[], issued: Instant): { readonly effect: Effect; readonly order?: OrderId };
  seq(): number;
  /** False where the index may lack rows: effects are denied then (identify I36). */
  fresh(): boolean;
}

export interface ControlFeed {
  /**
   * Adds rows. What tightens binds in the same tick, durable or not; a row `none` binds once `durable` resolves, and a
   * rejected `durable` means that the rows are bound but not stored yet: they are stored with the next ones.
   */
  append(rows: readonly ControlDraft[]): { readonly seq: number; readonly durable: Promise<void> };
  /** The rows after `from` that still bind, then each new one. The returned function ends it. */
  subscribe(from: number, callback: (entry: ControlEntry) => void): () => void;
  head(): { readonly seq: number; readonly head: Digest };
}
