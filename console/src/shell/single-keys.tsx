// SPDX-License-Identifier: Apache-2.0
// Single letters, for those who want them. They move the focus and open what can be closed again; none of them approves,
// refuses or stops anything, and none acts while somebody types.
import { type ReactNode, useEffect } from "react";
import { usePreferences } from "./preferences.ts";

/** Letter to the element that it brings the focus to. */
const TARGETS: Readonly<Record<string, string>> = {
  a: "[data-key=approve]",
  r: "[data-key=refuse]",
};

export function SingleKeys({ openSettings }: { readonly openSettings: () => void }): ReactNode {
  const { keys } = usePreferences();
  useEffect(() => {
    if (!keys) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
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
