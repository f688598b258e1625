// SPDX-License-Identifier: Apache-2.0
// Nothing is in the list: because nothing was ever asked, because of what narrows it, or because enough was read for now.
import type { ReactNode } from "react";
import type { Status } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { Link } from "../../shell/link.tsx";
import { en } from "../../text/en.ts";
import type { Rows } from "./queries.ts";
import { listHref, narrowings, type View } from "./view.ts";

interface EmptyProps {
  readonly view: View;
  readonly status: Status | undefined;
  readonly query: Rows["query"];
  readonly isExact: boolean;
}

export function Empty({ view, status, query, isExact }: EmptyProps): ReactNode {
  const text = en.decisions;
  const { answers } = view;
  const narrowed = narrowings(view);
  if (answers === undefined && narrowed.length === 0 && view.at === undefined)
    return (
      <p className="empty">
        {text.empty} <span className="note">{en.latest.emptyHow}</span> <code>npx bailiwick status</code>
        {status?.servers.map(({ id, url }) => (
          <code key={id}>{url}</code>
        ))}
      </p>
    );
  return (
    <div className="empty">
      <p>{isExact ? text.emptyFiltered : text.emptySoFar}</p>
      <ul className="drops">
        {answers === undefined ? null : (
          <li>
            <Link to={listHref({ ...view, answers: undefined })}>{text.dropAnswers(answers)}</Link>
          </li>
        )}
        {narrowed.map(({ name, text: value, without }) => (
          <li key={name}>
            <Link to={listHref(without)}>
              {text.drop(name)} <Foreign text={value} />
            </Link>
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <p className="more">
          <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {text.lookFurther}
          </button>
        </p>
      ) : null}
    </div>
  );
}
