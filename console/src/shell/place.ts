// SPDX-License-Identifier: Apache-2.0
// Where the console is: the path and the search of the address bar, and nothing beside them. What a person sees is made
// from it, so that back, forward, reload and a link that was sent on all give the same.
import { useSyncExternalStore } from "react";

export interface Place {
  /** The path in parts, decoded: `/decisions/BW-1` is `decisions`, `BW-1`. */
  readonly parts: readonly string[];
  /** What is looked at on the page: filters, times, where a list begins. */
  readonly query: URLSearchParams;
}

/** Reads an address. A part that is no valid escape stays as it is written. */
export function readPlace({ pathname, search }: Pick<Location, "pathname" | "search">): Place {
  const parts = pathname.split("/").filter((part) => part !== "");
  return { parts: parts.map(decoded), query: new URLSearchParams(search) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a place; members of the query that are empty or `undefined` are left out. */
export function hrefOf(parts: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, value]],
  );
  const search = new URLSearchParams(given).toString();
  return `/${parts.map(encodeURIComponent).join("/")}${search === "" ? "" : `?${search}`}`;
}

const listeners = new Set<() => void>();
let known: { readonly href: string; readonly place: Place } | undefined;
let moved = false;

function current(): Place {
  const { href } = globalThis.location;
  if (known?.href !== href) known = { href, place: readPlace(globalThis.location) };
  return known.place;
}

function tell(): void {
  moved = true;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) globalThis.addEventListener("popstate", tell);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) globalThis.removeEventListener("popstate", tell);
  };
}

/** Goes to an address of the console. @param how - `replace` where going back should not come by here again */
export function go(href: string, how: "push" | "replace" = "push"): void {
  if (how === "push") globalThis.history.pushState(null, "", href);
  else globalThis.history.replaceState(null, "", href);
  tell();
}

/** True once somebody went from one address to another in this page. */
export function hasMoved(): boolean {
  return moved;
}

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, current);
}
