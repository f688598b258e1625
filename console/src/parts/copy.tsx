// SPDX-License-Identifier: Apache-2.0
import { type ReactNode, useEffect, useState } from "react";
import { en } from "../text/en.ts";

/** UNIT: ms. */
const SAID_MS = 2000;

interface CopyProps {
  readonly text: string;
  readonly label: string;
  /** Stands on the button in place of the word for copying. */
  readonly name?: string;
  /** True for the one that the letter for copying goes to. */
  readonly isFirst?: boolean;
}

/** Puts a text into the clipboard and says that it did. */
export function Copy({ text, label, name, isFirst = false }: CopyProps): ReactNode {
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
    <button
      type="button"
      className="quiet copy"
      onClick={copy}
      aria-label={label}
      data-key={isFirst ? "copy" : undefined}
    >
      <span aria-live="polite">{state === "idle" ? (name ?? en.copy.idle) : en.copy[state]}</span>
    </button>
  );
}
