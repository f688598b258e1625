// SPDX-License-Identifier: Apache-2.0
// The rows of the list: pages that were asked for, and what came live since.
import { type UseInfiniteQueryResult, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { Client, DecisionLine, DecisionList } from "../../../../src/sdk/index.ts";
import { joinLines, KEYS, LINES_MAX, NONE_CAME } from "../../shell/keys.ts";
import { isShown, queryOf, type View } from "./view.ts";

/** Rows of a page. */
const PAGE_ROWS = 100;
/** UNIT: ms. How often the newest page is asked for again where more came than this page of the browser keeps. */
const CATCH_UP_MS = 1000;

export interface Rows {
  readonly query: UseInfiniteQueryResult<{ readonly pages: readonly DecisionList[] }>;
  /** Newest first, at most LINES_MAX. */
  readonly lines: readonly DecisionLine[];
  /** Newer ones that came live and are not among them, because the list stands still. */
  readonly newer: number;
  /** Index of the newest entry that this page knows of. */
  readonly newest: number;
  /** False where older ones may be in the record though the last page named none. */
  readonly isExact: boolean;
}

export function useRows(client: Client, view: View): Rows {
  const { at } = view;
  const asked = JSON.stringify(queryOf(view));
  const query = useInfiniteQuery({
    queryKey: [...KEYS.list, asked, at ?? "live"],
    initialPageParam: at === undefined ? undefined : at + 1,
    queryFn: ({ pageParam }: { pageParam: number | undefined }) =>
      client.decisions({
        ...queryOf(view),
        limit: PAGE_ROWS,
        ...(pageParam === undefined ? {} : { cursor: pageParam }),
      }),
    getNextPageParam: ({ next }) => next,
  });
  // written by the live stream alone, so never asked for
  const { data: came } = useQuery({
    queryKey: KEYS.lines,
    queryFn: () => NONE_CAME,
    initialData: NONE_CAME,
    enabled: false,
  });
  const pages = query.data?.pages;
  const size = pages?.[0]?.size ?? 0;
  const isBehind = at === undefined && pages !== undefined && came.lostBelow > size;
  const { refetch } = query;
  useEffect(() => {
    if (!isBehind) return undefined;
    const timer = setTimeout(() => void refetch(), CATCH_UP_MS);
    return () => clearTimeout(timer);
  }, [isBehind, refetch]);
  const lines = useMemo(() => {
    const read = pages?.flatMap(({ decisions }) => decisions) ?? [];
    const live = came.lines.filter((line) => isShown(view, line));
    return joinLines(read, live, LINES_MAX);
  }, [pages, came.lines, view]);
  const { at: _at, ...moving } = view;
  const newer = at === undefined ? 0 : came.lines.filter((line) => line.index > at && isShown(moving, line)).length;
  const newest = Math.max(size - 1, came.lines[0]?.index ?? 0);
  return { query, lines, newer, newest, isExact: pages?.at(-1)?.exact ?? true };
}
