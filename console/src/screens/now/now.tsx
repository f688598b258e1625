// SPDX-License-Identifier: Apache-2.0
// Is anything wrong, and what waits for me? First a sentence, then what needs a person, then the rest.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import type { Client, DecisionLine } from "../../../../src/sdk/index.ts";
import { joinLines, KEYS } from "../../shell/keys.ts";
import { type Live, useLiveness, useServerNow } from "../../shell/live.ts";
import { asOf } from "../../shell/liveness.ts";
import { en } from "../../text/en.ts";
import { Announcer } from "./announcer.tsx";
import { Clocks } from "./clocks.tsx";
import { Containments } from "./containments.tsx";
import { Latest } from "./latest.tsx";
import { Minutes } from "./minutes.tsx";
import { isActive, sentenceOf } from "./sentence.ts";
import { Server } from "./server.tsx";
import { Waiting } from "./waiting.tsx";

interface NowProps {
  readonly client: Client;
  readonly live: Live;
  /** Lists that this server keeps. */
  readonly lists: readonly string[];
}

/** Rows that are asked for at first. */
const FIRST_ROWS = 200;
/** UNIT: ms. Counts by minute move on with the minute, also where nothing happens. */
const MINUTES_MS = 20_000;

/** UNIT: ms. */
const CONTAINMENTS_MS = 10_000;

const NO_LINES: readonly DecisionLine[] = [];

export function Now({ client, live, lists }: NowProps): ReactNode {
  const now = useServerNow(live);
  const liveness = useLiveness(live);
  const status = useQuery({ queryKey: KEYS.status, queryFn: () => client.status() });
  const approvals = useQuery({ queryKey: KEYS.approvals, queryFn: () => client.approvals() });
  const decisions = useQuery({ queryKey: KEYS.decisions, queryFn: () => client.decisions(FIRST_ROWS) });
  // written by the live stream alone, so never asked for
  const came = useQuery({ queryKey: KEYS.lines, queryFn: () => NO_LINES, initialData: NO_LINES, enabled: false });
  const minutes = useQuery({
    queryKey: KEYS.minutes,
    queryFn: () => client.minutes(),
    refetchInterval: liveness.state === "live" ? MINUTES_MS : false,
  });
  const containments = useQuery({
    queryKey: KEYS.containments,
    queryFn: () => (lists.includes("containments") ? client.containments() : []),
    // an order that the record could not take binds all the same, and then no entry tells of it
    refetchInterval: liveness.state === "live" && lists.includes("containments") ? CONTAINMENTS_MS : false,
  });
  const clocks = useQuery({
    queryKey: KEYS.clocks,
    queryFn: () => (lists.includes("clocks") ? client.clocks() : []),
  });
  const lines = joinLines(decisions.data?.decisions ?? NO_LINES, came.data);
  const waiting = approvals.data?.approvals.length;
  const isKnown = decisions.data !== undefined && status.data !== undefined;
  const sentence = isKnown
    ? sentenceOf({
        now: asOf(liveness, now),
        waiting,
        containments: containments.data ?? [],
        lines,
        complete: decisions.data.complete,
        mode: status.data.mode,
        recordState: status.data.record.state,
      })
    : en.now.title;
  // who is stopped comes before what is counted
  const isContained = containments.data?.some(isActive) === true;
  const isRunning = (clocks.data?.length ?? 0) > 0;
  useEffect(() => {
    document.title = `${waiting === undefined || waiting === 0 ? en.now.title : en.now.titleWaiting(waiting)} · Bailiwick`;
  }, [waiting]);
  return (
    <>
      <h1>{sentence}</h1>
      <Waiting query={approvals} client={client} now={now} isLive={liveness.state === "live"} />
      {isContained ? <Containments query={containments} /> : null}
      <Minutes query={minutes} />
      <div className={isContained || isRunning ? "" : "pair"}>
        {isContained ? null : <Containments query={containments} />}
        <Clocks query={clocks} now={now} />
      </div>
      <Latest query={decisions} lines={lines} status={status.data} />
      <Server query={status} />
      <Announcer lines={lines} waiting={waiting} />
    </>
  );
}
