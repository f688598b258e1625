// SPDX-License-Identifier: Apache-2.0
// An answer: word, shape and colour, so that none of them is needed alone.
import type { ReactNode } from "react";
import { en } from "../text/en.ts";

/** In a square of 12 by 12: disc, ring, triangle, diamond, octagon. */
const SHAPES: ReadonlyMap<string, ReactNode> = new Map<string, ReactNode>([
  ["allow", <circle key="s" cx="6" cy="6" r="4.5" />],
  ["log", <circle key="s" cx="6" cy="6" r="3.6" className="hollow" />],
  ["limit", <path key="s" d="M6 1.2 11.2 10.8H.8z" />],
  ["challenge", <path key="s" d="M6 .4 11.6 6 6 11.6.4 6z" />],
  ["deny", <path key="s" d="M3.7.6h4.6l3.1 3.1v4.6l-3.1 3.1H3.7L.6 8.3V3.7z" />],
]);

/** A contained identity: the octagon of a refusal with a bar. */
const CONTAINED: ReactNode = (
  <>
    <path d="M3.7.6h4.6l3.1 3.1v4.6l-3.1 3.1H3.7L.6 8.3V3.7z" />
    <path d="M2.6 6h6.8" className="bar-of" />
  </>
);

interface AnswerMarkProps {
  readonly answer: string;
  /** What the answer would have been, had it been enforced; nothing was held back. */
  readonly would?: string | undefined;
  /** Stands in place of the answer's own word. */
  readonly word?: string | undefined;
}

export function AnswerMark({ answer, would, word = answer }: AnswerMarkProps): ReactNode {
  const shown = would ?? answer;
  return (
    <span className={would === undefined ? "answer" : "answer would"} data-answer={shown}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        {shown === "contained" ? CONTAINED : SHAPES.get(shown)}
      </svg>
      {would === undefined ? word : en.would(would)}
    </span>
  );
}
