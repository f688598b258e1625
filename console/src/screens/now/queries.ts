// SPDX-License-Identifier: Apache-2.0
// What the screen asks the server for, and how often where no event tells of a change.
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type {
  ApprovalList,
  Client,
  ContainmentView,
  DecisionLine,
  DecisionList,
  IncidentClock,
  MinuteList,
  Status,
} from "../../../../src/sdk/index.ts";
import { joinLines, KEYS, NONE_CAME } from "../../shell/keys.ts";

export interface NowQueries {
  readonly status: UseQueryResult<Status>;
  readonly approvals: UseQueryResult<ApprovalList>;
  readonly decisions: UseQueryResult<DecisionList>;
  readonly minutes: UseQueryResult<MinuteList>;
  readonly containments: UseQueryResult<readonly ContainmentView[]>;
  readonly clocks: UseQueryResult<readonly IncidentClock[]>;
  /** What was asked for and what came since, newest first. */
  readonly lines: readonly DecisionLine[];
}

/** Rows that are asked for at first. */
const FIRST_ROWS = 200;
/** UNIT: ms. Counts by minute move on with the minute, also where nothing happens. */
const MINUTES_MS = 20_000;
/** UNIT: ms. An order that the record could not take binds all the same, and then no entry tells of it. */
const CONTAINMENTS_MS = 10_000;

const NO_LINES: readonly DecisionLine[] = [];

/** @param lists - what this server keeps; a list that it does not keep is empty */
export function useNowQueries(client: Client, lists: readonly string[], isLive: boolean): NowQueries {
  const has = (list: string): boolean => lists.includes(list);
  const status = useQuery({ queryKey: KEYS.status, queryFn: () => client.status() });
  const approvals = useQuery({ queryKey: KEYS.approvals, queryFn: () => client.approvals() });
  const decisions = useQuery({ queryKey: KEYS.decisions, queryFn: () => client.decisions({ limit: FIRST_ROWS }) });
  // written by the live stream alone, so never asked for
  const came = useQuery({ queryKey: KEYS.lines, queryFn: () => NONE_CAME, initialData: NONE_CAME, enabled: false });
  const minutes = useQuery({
    queryKey: KEYS.minutes,
    queryFn: () => client.minutes(),
    refetchInterval: isLive ? MINUTES_MS : false,
  });
  const containments = useQuery({
    queryKey: KEYS.containments,
    queryFn: () => (has("containments") ? client.containments() : []),
    refetchInterval: isLive && has("containments") ? CONTAINMENTS_MS : false,
  });
  const clocks = useQuery({ queryKey: KEYS.clocks, queryFn: () => (has("clocks") ? client.clocks() : []) });
  const lines = joinLines(decisions.data?.decisions ?? NO_LINES, came.data.lines);
  return { status, approvals, decisions, minutes, containments, clocks, lines };
}
