// SPDX-License-Identifier: Apache-2.0
// Single letters, for those who want them. They move the focus and open what can be closed again; none of them approves,
// refuses or stops anything, and none acts while somebody types.
import { type ReactNode, useEffect } from "react";
import { NAVIGATION } from "./navigation.tsx";
import { go } from "./place.ts";
import { usePreferences } from "./preferences.ts";

/** Letter to the element that it brings the focus to. */
const TARGETS: Readonly<Record<string, string>> = {
  a: "[data-key=approve]",
  r: "[data-key=refuse]",
  f: "[data-key=filter]",
  c: "[data-key=copy]",
  "/": "[data-key=search]",
};

/** Letter to the element that it presses: it can be pressed again to undo it. */
const PRESSED: Readonly<Record<string, string>> = {
  " ": "[data-key=pause]",
  Escape: "[data-key=back]",
};

/** Letter to how many rows it goes on. */
const STEPS: Readonly<Record<string, number>> = { j: 1, k: -1 };

/** UNIT: ms. How soon after `g` the letter of a screen has to come. */
const SECOND_WITHIN_MS = 1500;

export function SingleKeys({ openSettings }: { readonly openSettings: () => void }): ReactNode {
  const { keys } = usePreferences();
  useEffect(() => {
    if (!keys) return undefined;
    let wentAt = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const isSecond = event.timeStamp - wentAt < SECOND_WITHIN_MS;
      wentAt = event.key === "g" && !isSecond ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const there = isSecond ? NAVIGATION.find(({ key }) => key === event.key) : undefined;
      if (there !== undefined) return go(`/${there.screen}`);
      if (event.key === "?") openSettings();
      if (act(event)) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [keys, openSettings]);
  return null;
}

/** True where the key meant something on this page. */
function act({ key, target }: KeyboardEvent): boolean {
  const focused = find(TARGETS, key);
  focused?.focus();
  const step = Object.hasOwn(STEPS, key) ? STEPS[key] : undefined;
  if (step !== undefined) return stepRow(step);
  // the space bar presses a button that has the focus, as everywhere
  const isOwn = key === " " && target instanceof HTMLElement && target.closest("button, a, summary") !== null;
  const pressed = isOwn ? undefined : find(PRESSED, key);
  pressed?.click();
  return focused !== undefined || pressed !== undefined;
}

function find(table: Readonly<Record<string, string>>, key: string): HTMLElement | undefined {
  const selector = Object.hasOwn(table, key) ? table[key] : undefined;
  return selector === undefined ? undefined : (document.querySelector<HTMLElement>(selector) ?? undefined);
}

/** Brings the focus to the link of a row that many rows on; to the first one where no row has it. */
function stepRow(step: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")].filter((row) => row.checkVisibility());
  const here = rows.findIndex((row) => row === document.activeElement);
  const next = here < 0 ? rows[0] : rows[here + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return rows.length > 0;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, dialog, [contenteditable]") !== null;
}
