// SPDX-License-Identifier: Apache-2.0
// Over the rows: whether they move, what came that is not among them, and the button that makes them stand still.
import type { ReactNode } from "react";
import { Instant } from "../../parts/instant.tsx";
import { go } from "../../shell/place.ts";
import { usePreferences } from "../../shell/preferences.ts";
import { en } from "../../text/en.ts";
import { listHref, type View } from "./view.ts";

interface ListHeadProps {
  readonly view: View;
  readonly isLive: boolean;
  /** Index of the newest entry that is known. */
  readonly newest: number;
  /** RFC 3339, of the newest row. */
  readonly newestAt: string | undefined;
  /** Rows that came after the list was made to stand still. */
  readonly newer: number;
  /** Rows that came while somebody reads. */
  readonly waiting: number;
  readonly showWaiting: () => void;
}

export function ListHead(props: ListHeadProps): ReactNode {
  const text = en.decisions;
  const { view, newest, waiting, showWaiting } = props;
  const { at, ...moving } = view;
  const isPaused = at !== undefined;
  return (
    <div className="list-head">
      <button
        type="button"
        data-key="pause"
        aria-pressed={isPaused}
        onClick={() => go(listHref(isPaused ? moving : { ...view, at: newest }), "replace")}
      >
        {isPaused ? text.resume : text.pause}
      </button>
      <p className="note">{isPaused ? <Paused {...props} /> : movingText(props)}</p>
      {waiting > 0 ? (
        <button type="button" className="quiet" onClick={showWaiting}>
          {text.showWaiting}
        </button>
      ) : null}
    </div>
  );
}

function Paused({ newestAt, newer }: ListHeadProps): ReactNode {
  const text = en.decisions;
  const { zone } = usePreferences();
  return (
    <>
      {text.paused}
      {newestAt === undefined ? null : (
        <>
          {" "}
          {text.newestOf} <Instant at={Date.parse(newestAt)} zone={zone} />
        </>
      )}
      {newer === 0 ? "" : ` · ${text.newer(newer)}`}
    </>
  );
}

function movingText({ waiting, isLive }: ListHeadProps): string {
  if (waiting > 0) return en.decisions.waiting(waiting);
  return isLive ? en.decisions.live : en.decisions.notLive;
}
