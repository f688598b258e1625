// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Instant } from "../../parts/instant.tsx";
import { Loaded } from "../../parts/panel.tsx";
import { Heading } from "../../shell/heading.tsx";
import { KEYS } from "../../shell/keys.ts";
import { useLiveness, useServerNow } from "../../shell/live.ts";
import { go } from "../../shell/place.ts";
import { usePreferences } from "../../shell/preferences.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { en } from "../../text/en.ts";
import { Empty } from "./empty.tsx";
import { Filters } from "./filters.tsx";
import { useHeld } from "./held.ts";
import { Older } from "./older.tsx";
import { useRows } from "./queries.ts";
import { sentenceOf } from "./sentence.ts";
import { Table } from "./table.tsx";
import { listHref, type View } from "./view.ts";

export function List({ client, live, view }: ScreenProps & { readonly view: View }): ReactNode {
  const text = en.decisions;
  const now = useServerNow(live);
  const liveness = useLiveness(live);
  const { zone } = usePreferences();
  const status = useQuery({ queryKey: KEYS.status, queryFn: () => client.status() });
  const minutes = useQuery({ queryKey: KEYS.minutes, queryFn: () => client.minutes() });
  const { query, lines, newer, newest, isExact } = useRows(client, view);
  const { shown, waiting, hold, letGo } = useHeld(listHref(view), lines, now);
  const { at, ...moving } = view;
  const isPaused = at !== undefined;
  const pausedAt = isPaused ? lines[0]?.at : undefined;
  return (
    <>
      <Heading title={text.title}>{sentenceOf(minutes.data)}</Heading>
      {lines.some(({ mode }) => mode !== "enforce") ? (
        <p className="banner within">
          <strong>{text.observing}</strong> {text.observingMeans}
        </p>
      ) : null}
      <Filters view={view} servers={status.data?.servers.map(({ id }) => id) ?? []} now={now} />
      <div className="list-head">
        <button
          type="button"
          data-key="pause"
          aria-pressed={isPaused}
          onClick={() => go(listHref(isPaused ? moving : { ...view, at: newest }), "replace")}
        >
          {isPaused ? text.resume : text.pause}
        </button>
        <p className="note" role="status">
          {isPaused ? (
            <>
              {text.paused}
              {pausedAt === undefined ? null : (
                <>
                  {" "}
                  <Instant at={Date.parse(pausedAt)} zone={zone} />
                </>
              )}
              {newer === 0 ? "" : ` · ${text.newer(newer)}`}
            </>
          ) : waiting > 0 ? (
            text.waiting(waiting)
          ) : liveness.state === "live" ? (
            text.live
          ) : (
            text.notLive
          )}
        </p>
        {waiting > 0 ? (
          <button type="button" className="quiet" onClick={letGo}>
            {text.showWaiting}
          </button>
        ) : null}
      </div>
      <Loaded query={query}>
        {() =>
          shown.length === 0 ? (
            <Empty view={view} status={status.data} query={query} isExact={isExact} />
          ) : (
            <>
              <div onMouseEnter={hold} onMouseLeave={letGo} onFocus={hold} onBlur={letGo}>
                <Table lines={shown} zone={zone} view={view} />
              </div>
              <Older query={query} lines={shown} view={view} isExact={isExact} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
