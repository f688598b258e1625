// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

interface ActProps {
  readonly label: string;
  readonly onAct: () => void;
  /** Id of the text beside it that says why it cannot act now; it keeps its place and its focus all the same. */
  readonly offBecause?: string | undefined;
  readonly isPrimary?: boolean;
  /** For single keys: which button a letter brings the focus to. */
  readonly name: string;
}

/** A button that may be unable to act. It stays in the tab order, so that the reason can be found. */
export function Act({ label, onAct, offBecause, isPrimary = false, name }: ActProps): ReactNode {
  const isOff = offBecause !== undefined;
  return (
    <button
      type="button"
      className={isPrimary ? "primary large" : "large"}
      aria-disabled={isOff}
      aria-describedby={offBecause}
      data-key={name}
      onClick={() => (isOff ? undefined : onAct())}
    >
      {label}
    </button>
  );
}
