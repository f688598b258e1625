// SPDX-License-Identifier: Apache-2.0
// Who is in the list, in which order, and what its first line says. Pure.
import type { ContainmentView, IdentityView } from "../../../../src/sdk/index.ts";
import { hrefOf } from "../../shell/place.ts";
import { en } from "../../text/en.ts";

export const KINDS = ["human", "agent", "model", "workload", "service"] as const;
export const STATES = ["active", "suspended", "isolated", "retired"] as const;
export const COLUMNS = ["name", "kind", "status", "sponsor", "purpose", "expires", "mandates"] as const;
export type Column = (typeof COLUMNS)[number];

/** What is shown of the list, as its address says it. */
export interface Choice {
  readonly kind?: string;
  readonly status?: string;
  /** Last part of the sponsor's id, or the whole. */
  readonly sponsor?: string;
  readonly by: Column;
  readonly isDown: boolean;
}

export function readChoice(query: URLSearchParams): Choice {
  const of = (name: string, known: readonly string[]): string | undefined =>
    known.find((one) => one === query.get(name));
  const [kind, status] = [of("kind", KINDS), of("status", STATES)];
  const sponsor = query.get("sponsor") ?? "";
  const sort = query.get("sort") ?? "";
  const by = COLUMNS.find((column) => column === sort.replace(/^-/, "")) ?? "name";
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(status === undefined ? {} : { status }),
    ...(sponsor === "" ? {} : { sponsor }),
    by,
    isDown: sort.startsWith("-"),
  };
}

export function choiceHref({ kind, status, sponsor, by, isDown }: Choice): string {
  const sort = by === "name" && !isDown ? undefined : `${isDown ? "-" : ""}${by}`;
  return hrefOf(["identities"], { kind, status, sponsor, sort });
}

export function identityHref(id: string): string {
  return hrefOf(["identities", id]);
}

/** The chosen ones, in the chosen order; what has no value for it comes last, and equal ones by name. */
export function choose(all: readonly IdentityView[], choice: Choice): readonly IdentityView[] {
  const { kind, status, sponsor, by, isDown } = choice;
  const chosen = all.filter(
    (one) =>
      (kind === undefined || one.kind === kind) &&
      (status === undefined || one.status === status) &&
      (sponsor === undefined || one.sponsor === sponsor || one.sponsor?.endsWith(`/${sponsor}`) === true),
  );
  const order = (a: IdentityView, b: IdentityView): number => {
    const [x, y] = [sortKey(a, by), sortKey(b, by)];
    if (x === y) return compare(a.name, b.name);
    if (x === "" || y === "") return x === "" ? 1 : -1;
    return compare(x, y) * (isDown ? -1 : 1);
  };
  return chosen.toSorted(order);
}

function sortKey(identity: IdentityView, by: Column): string {
  if (by === "mandates") return String(identity.mandates.length).padStart(6, "0");
  return identity[by] ?? "";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order that binds one identity, if any does. */
export function orderOn(id: string, orders: readonly ContainmentView[] | undefined): ContainmentView | undefined {
  return orders?.find(({ scope, state }) => scope.id === id && state !== "released");
}

/** @param isComplete - false where there are more than are listed */
export function sentenceOf(
  all: readonly IdentityView[] | undefined,
  orders: readonly ContainmentView[] | undefined,
  isComplete: boolean,
): string {
  const text = en.identities;
  if (all === undefined) return text.title;
  const active = all.filter(({ status }) => status === "active").length;
  const contained = all.filter(({ id }) => orderOn(id, orders) !== undefined).length;
  const counted = text.active(active, all.length, isComplete);
  if (orders === undefined) return `${counted} ${en.sentence.containedUnknown}`;
  return contained === 0 ? `${counted} ${text.nobodyContained}` : `${counted} ${text.contained(contained)}`;
}
