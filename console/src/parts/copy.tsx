// SPDX-License-Identifier: Apache-2.0
import { type ReactNode, useEffect, useState } from "react";
import { en } from "../text/en.ts";

/** UNIT: ms. */
const SAID_MS = 2000;

/** Puts a text into the clipboard and says that it did. */
export function Copy({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const [state, setState] = useState<"idle" | "done" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return undefined;
    const timer = setTimeout(() => setState("idle"), SAID_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setState("done"),
      () => setState("failed"),
    );
  };
  return (
    <button type="button" className="quiet copy" onClick={copy} aria-label={label} title={text}>
      <span aria-live="polite">{en.copy[state]}</span>
    </button>
  );
}
