// SPDX-License-Identifier: Apache-2.0
// What a person chose for this browser: theme, zone, single keys. Nothing else is ever kept in it, and no token.
import { useSyncExternalStore } from "react";

export interface Preferences {
  readonly theme: "system" | "light" | "dark";
  readonly zone: "utc" | "mine";
  /** Whether single letters do something. */
  readonly keys: boolean;
}

const DEFAULTS: Preferences = { theme: "system", zone: "utc", keys: true };
const NAME = "bailiwick.preferences";

/** Reads what was kept; whatever it does not know takes its default. */
export function readPreferences(text: string | null): Preferences {
  const kept = parse(text);
  const theme = (["system", "light", "dark"] as const).find((one) => one === kept["theme"]);
  const zone = (["utc", "mine"] as const).find((one) => one === kept["zone"]);
  return {
    theme: theme ?? DEFAULTS.theme,
    zone: zone ?? DEFAULTS.zone,
    keys: typeof kept["keys"] === "boolean" ? kept["keys"] : DEFAULTS.keys,
  };
}

function parse(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {}; // somebody else wrote there: the defaults are as good
  }
}

let current = DEFAULTS;
const listeners = new Set<() => void>();

/** Takes over what this browser keeps. */
export function loadPreferences(): void {
  current = readPreferences(globalThis.localStorage.getItem(NAME));
  apply();
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  globalThis.localStorage.setItem(NAME, JSON.stringify(current));
  apply();
  for (const listener of listeners) listener();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function apply(): void {
  const { dataset } = document.documentElement;
  if (current.theme === "system") delete dataset["theme"];
  else dataset["theme"] = current.theme;
}
