// SPDX-License-Identifier: Apache-2.0
// The way to older decisions: page by page, and from the page's end on in a list of its own.
import type { ReactNode } from "react";
import type { DecisionLine } from "../../../../src/sdk/index.ts";
import { LINES_MAX } from "../../shell/keys.ts";
import { Link } from "../../shell/link.tsx";
import { en } from "../../text/en.ts";
import type { Rows } from "./queries.ts";
import { listHref, type View } from "./view.ts";

interface OlderProps {
  readonly query: Rows["query"];
  readonly lines: readonly DecisionLine[];
  readonly view: View;
  readonly isExact: boolean;
}

export function Older({ query, lines, view, isExact }: OlderProps): ReactNode {
  const text = en.decisions;
  const last = lines.at(-1);
  if (!query.hasNextPage && lines.length < LINES_MAX) return <p className="note more">{text.all(lines.length)}</p>;
  if (lines.length >= LINES_MAX && last !== undefined && last.index > 0)
    return (
      <p className="note more">
        {text.kept(lines.length)} <Link to={listHref({ ...view, at: last.index - 1 })}>{text.goOn}</Link>
      </p>
    );
  return (
    <p className="more">
      <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {isExact ? text.older : text.lookFurther}
      </button>{" "}
      <span className="note">{isExact ? text.shown(lines.length) : text.atLeast(lines.length)}</span>
    </p>
  );
}
