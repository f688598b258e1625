// SPDX-License-Identifier: Apache-2.0
import { type ReactNode, useState } from "react";
import { en } from "../text/en.ts";
import { cutForeign, piecesOf } from "./foreign-text.ts";

interface ForeignProps {
  readonly text: string;
  /** On lines of its own, with its line ends. */
  readonly block?: boolean;
  /** Called when somebody asked for what was cut off. */
  readonly onWhole?: () => void;
}

/** Text from outside, as data: escaped, on its own as to direction, with everything unseen as a visible mark. */
export function Foreign({ text, block = false, onWhole }: ForeignProps): ReactNode {
  const [isWhole, setWhole] = useState(false);
  const { shown, left } = cutForeign(text);
  const pieces = piecesOf(isWhole ? text : shown);
  return (
    <bdi className={block ? "foreign block" : "foreign"}>
      {pieces.map((piece, i) =>
        piece.kind === "plain" ? (
          piece.text
        ) : (
          <span key={i} className="unseen" title={en.foreign.unseen}>
            {piece.text}
          </span>
        ),
      )}
      {left === 0 || isWhole ? null : (
        <button
          type="button"
          className="quiet"
          onClick={() => {
            setWhole(true);
            onWhole?.();
          }}
        >
          {en.foreign.more(left)}
        </button>
      )}
    </bdi>
  );
}
