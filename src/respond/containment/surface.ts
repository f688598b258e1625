// SPDX-License-Identifier: Apache-2.0
// Containment as the rest of the server sees it.
import type {
  BoundAssertion,
  Finding,
  FindingSink,
  IdentityId,
  InFlight,
  OrderId,
  ScopeKey,
} from "../../core/index.ts";
import type { Order, OrderRequest } from "./order.ts";
import type { Proposal } from "./rules.ts";

export type ContainRefusal =
  | "respond_no_point"
  | "order_unknown"
  | "order_released"
  | "key_reused"
  | "because_missing"
  | "scope_malformed";

/** What became of an order. With `respond_no_point` it binds, and nobody can say that it holds. */
export type Ordered =
  | { readonly order: Order }
  | { readonly refused: ContainRefusal; readonly why: string; readonly order?: Order };

export type ReleaseRefusal =
  | ContainRefusal
  | "release_by_orderer"
  | "release_by_machine"
  | "release_never"
  | "release_twice"
  | "release_unverifiable"
  | "release_unavailable"
  | "resume_refused";

/** What stands between an order and its end; an unmet one is waived by two people, each with a reason (respond R41). */
export interface Condition {
  readonly name: "another-person" | "keys-reissued";
  readonly met: boolean;
  readonly why: string;
}

export interface ReleaseRequest {
  readonly by: IdentityId;
  readonly because: string;
  /** A signature under {@link Containments.terms}. */
  readonly assertion?: BoundAssertion;
}

/** `waits`: noted, and another person has to agree, because of these. */
export type Released =
  | { readonly order: Order; readonly waits: readonly Condition[] }
  | { readonly refused: ReleaseRefusal; readonly why: string };

/** What was done about a finding, or what waits for a person. */
export interface Response {
  readonly orders: readonly OrderId[];
  /** Absent where an order was given, or no rule names it. */
  readonly proposal?: Proposal;
}

export interface Containments extends FindingSink {
  /** What is in flight; the gate enters every interaction here. */
  readonly flights: InFlight;
  /**
   * Binds at once; resolves when every point has answered and the disks were tried. The same order again is one order with
   * two names.
   * @param key - under which a lost answer can be asked for again
   */
  contain(request: OrderRequest, by: IdentityId, key?: string): Promise<Ordered>;
  /** Called in the tick in which an order changes. */
  subscribe(told: (order: Order) => void): () => void;
  /** Newest first. */
  list(filter: { readonly active: boolean }): readonly Order[];
  get(id: OrderId): Order | undefined;
  conditions(id: OrderId): readonly Condition[];
  /** What a person signs to end an order. */
  terms(
    id: OrderId,
  ):
    | { readonly digest: BoundAssertion["digest"]; readonly nonce: string; readonly expires: BoundAssertion["exp"] }
    | undefined;
  /** Ends one order, and revives nothing: what was given before it stays dead (respond R42). */
  release(id: OrderId, request: ReleaseRequest): Promise<Released>;
  /** Lets an identity act again whose isolation was released: by another person, and under a standing `read-only`. */
  resume(
    id: OrderId,
    request: Pick<ReleaseRequest, "by" | "because">,
  ): Promise<Ordered | { readonly refused: ReleaseRefusal; readonly why: string }>;
  responseTo(finding: Finding): Response;
  /** Tries again what the disks did not take, and asks points that did not answer. For tests; it also runs every second. */
  tend(): Promise<void>;
}

/** What this room asks about identities and the scopes that name them. Synchronous but for the moves. */
export interface ContainedIdentities {
  /** Whether anything of that name was ever seen. */
  knows(scope: ScopeKey): boolean;
  /** How many identities a scope holds. */
  count(scope: ScopeKey): number;
  /** Running copies that are active under a scope. */
  instances(scope: ScopeKey): readonly string[];
  /** Never comes back but by `release` and `resume`. */
  isolate(id: IdentityId, act: Act): Promise<Moved>;
  /** From isolated to suspended. */
  release(id: IdentityId, act: Act): Promise<Moved>;
  /** From suspended to active, by another person than who released it. */
  resume(id: IdentityId, act: Act): Promise<Moved>;
}

export interface Act {
  readonly by: IdentityId | "system";
  readonly because: string;
}

/** `undefined`, or why it was not done. */
export type Moved = string | undefined;
