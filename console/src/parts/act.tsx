// SPDX-License-Identifier: Apache-2.0
import { type ReactNode, useId } from "react";

interface ActProps {
  readonly label: string;
  readonly onAct: () => void;
  /** Why it cannot act now; the button stays where it is and says so. */
  readonly disabledReason?: string | undefined;
  readonly isPrimary?: boolean;
  /** For single keys: which button a letter brings the focus to. */
  readonly name: string;
}

/** A button that may be unable to act. It keeps its place in the tab order, so that the reason can be found. */
export function Act({ label, onAct, disabledReason, isPrimary = false, name }: ActProps): ReactNode {
  const id = useId();
  const isOff = disabledReason !== undefined;
  return (
    <span className="act">
      <button
        type="button"
        className={isPrimary ? "primary large" : "large"}
        aria-disabled={isOff}
        aria-describedby={isOff ? id : undefined}
        data-key={name}
        onClick={() => (isOff ? undefined : onAct())}
      >
        {label}
      </button>
      {isOff ? (
        <span id={id} className="reason">
          {disabledReason}
        </span>
      ) : null}
    </span>
  );
}
