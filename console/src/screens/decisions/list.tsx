// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Announcer } from "../../parts/announcer.tsx";
import { Loaded } from "../../parts/panel.tsx";
import { Heading } from "../../shell/heading.tsx";
import { KEYS } from "../../shell/keys.ts";
import { useLiveness, useServerNow } from "../../shell/live.ts";
import { usePreferences } from "../../shell/preferences.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { en } from "../../text/en.ts";
import { Empty } from "./empty.tsx";
import { Filters } from "./filters.tsx";
import { useHeld } from "./held.ts";
import { ListHead } from "./list-head.tsx";
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
  const isObserving = (status.data?.mode ?? "enforce") !== "enforce" || lines.some(({ mode }) => mode !== "enforce");
  return (
    <>
      <Heading title={text.title}>{sentenceOf(minutes.data)}</Heading>
      {isObserving ? (
        <p className="banner within">
          <strong>{text.observing}</strong> {text.observingMeans}
        </p>
      ) : null}
      <Filters view={view} servers={status.data?.servers.map(({ id }) => id) ?? []} now={now} />
      <ListHead
        view={view}
        isLive={liveness.state === "live"}
        newest={newest}
        newestAt={lines[0]?.at}
        newer={newer}
        waiting={waiting}
        showWaiting={letGo}
      />
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
      <Announcer lines={lines} />
    </>
  );
}
