// SPDX-License-Identifier: Apache-2.0
// What has to be true before an order ends, and whose yes counts (respond R41, R42). Loosening is never automatic.
import {
  type BoundAssertion,
  type Digest,
  digestOf,
  type IdentityId,
  type Instant,
  instant,
  jsonObject,
  type ScopeKind,
} from "../../core/index.ts";
import { signedYes, type TrustedKeys } from "../approvals/assertion.ts";
import type { DeskPeople } from "../approvals/duties.ts";
import type { Order, ReleaseAsk } from "./order.ts";
import type { Condition, ReleaseRefusal, ReleaseRequest } from "./surface.ts";

/** These are replaced, and never come back. */
const GONE: readonly ScopeKind[] = ["jti", "step", "mandate", "txn", "jkt", "instance"];
/** UNIT: ms. A signature under an order's terms counts for so long. */
const TERMS_MS: number = 400 * 86_400_000;
/** People who must agree where a condition is not met. */
const WAIVERS = 2;

export interface ReleaseTerms {
  readonly digest: Digest;
  readonly nonce: string;
  readonly expires: Instant;
}

/** What is signed to end an order: the order itself, so that no signature fits another. */
export function termsOf({ id, effect, scope, orderedAt }: Order): ReleaseTerms {
  const scoped = jsonObject([
    ["kind", scope.kind],
    ["id", scope.id],
  ]);
  const digest = digestOf(
    jsonObject([
      ["purpose", "release"],
      ["order", id],
      ["effect", effect],
      ["scope", scoped],
      ["orderedAt", orderedAt],
    ]),
  );
  return { digest, nonce: id, expires: instant(orderedAt + TERMS_MS) };
}

/** @param isActive - whether a running copy is active now */
export function conditionsOf(order: Order, isActive: (instance: string) => boolean): readonly Condition[] {
  const people = order.asks.filter(({ by }) => !order.by.includes(by));
  const another: Condition = {
    name: "another-person",
    met: people.length > 0,
    why: "who ordered it does not end it",
  };
  // a person who stopped something by hand knows why; after a sign of theft the keys count as stolen
  const mattered = order.effect === "isolate" && order.finding !== undefined;
  const left = mattered ? order.instances.filter(isActive) : [];
  const keys: Condition = {
    name: "keys-reissued",
    met: left.length === 0,
    why: left.length === 0 ? "no key from before it is in use" : `still with its key from before: ${left.join(", ")}`,
  };
  return [another, keys];
}

/** True once enough people agreed for what is not met. */
export function isReleasable(order: Order, conditions: readonly Condition[]): boolean {
  const [another, ...rest] = conditions;
  if (another?.met !== true) return false;
  const people = new Set(order.asks.map(({ by }) => by).filter((by) => !order.by.includes(by)));
  return people.size >= (rest.every(({ met }) => met) ? 1 : WAIVERS);
}

/** Why this person's word does not count here; `undefined` where it does. */
export function refusalOf(
  order: Order,
  request: ReleaseRequest,
  { people, keys }: { readonly people: DeskPeople; readonly keys: TrustedKeys },
): { readonly refused: ReleaseRefusal; readonly why: string } | undefined {
  const { by, because, assertion } = request;
  if (order.state === "released") return no("order_released", "it was released before");
  if (GONE.includes(order.scope.kind))
    return no("release_never", `an isolated ${order.scope.kind} never comes back: give a new one in its place`);
  if (because.trim() === "") return no("because_missing", "say why it may end");
  if (!people.isActiveHuman(by)) return no("release_by_machine", "a person ends an order");
  if (order.by.includes(by)) return no("release_by_orderer", "another person than who ordered it ends it");
  if (order.scope.id === by) return no("release_by_orderer", "nobody ends their own isolation");
  if (order.asks.some((ask) => ask.by === by) && order.state !== "releasing")
    return no("release_twice", "the same person agreed before: another one is needed");
  if (assertion !== undefined && !isSigned(order, by, assertion, keys))
    return no("release_unverifiable", "the signature is not this person's under this order");
  return undefined;
}

function no(refused: ReleaseRefusal, why: string): { readonly refused: ReleaseRefusal; readonly why: string } {
  return { refused, why };
}

function isSigned(order: Order, by: IdentityId, assertion: BoundAssertion, keys: TrustedKeys): boolean {
  return assertion.person === by && signedYes(keys, termsOf(order), assertion) !== undefined;
}

export function askOf({ by, because, assertion }: ReleaseRequest, at: Instant): ReleaseAsk {
  return { by, at, because, ...(assertion === undefined ? {} : { acr: assertion.acr }) };
}
