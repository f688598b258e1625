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
};

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
      const selector = Object.hasOwn(TARGETS, event.key) ? TARGETS[event.key] : undefined;
      const target = selector === undefined ? null : document.querySelector<HTMLElement>(selector);
      if (target === null) return;
      event.preventDefault();
      target.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [keys, openSettings]);
  return null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, dialog, [contenteditable]") !== null;
}
