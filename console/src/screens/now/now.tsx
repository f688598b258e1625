// SPDX-License-Identifier: Apache-2.0
// Is anything wrong, and what waits for me? First a sentence, then what needs a person, then the rest.
import type { ReactNode } from "react";
import { Announcer } from "../../parts/announcer.tsx";
import { Heading } from "../../shell/heading.tsx";
import { useLiveness, useServerNow } from "../../shell/live.ts";
import { asOf } from "../../shell/liveness.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { en } from "../../text/en.ts";
import { Clocks } from "./clocks.tsx";
import { Containments } from "./containments.tsx";
import { Latest } from "./latest.tsx";
import { Minutes } from "./minutes.tsx";
import { useNowQueries } from "./queries.ts";
import { isActive, sentenceOf } from "./sentence.ts";
import { Server } from "./server.tsx";
import { Waiting } from "./waiting.tsx";

export function Now({ client, live, session: { lists } }: ScreenProps): ReactNode {
  const now = useServerNow(live);
  const liveness = useLiveness(live);
  const isLive = liveness.state === "live";
  const { status, approvals, decisions, minutes, containments, clocks, lines } = useNowQueries(client, lists, isLive);
  const waiting = approvals.data?.approvals.length;
  const isAsked = !approvals.isPending && !containments.isPending;
  const sentence =
    isAsked && decisions.data !== undefined && status.data !== undefined
      ? sentenceOf({
          now: asOf(liveness, now),
          waiting,
          containments: containments.data,
          lines,
          complete: decisions.data.complete,
          mode: status.data.mode,
          recordState: status.data.record.state,
        })
      : en.now.title;
  // who is stopped comes before what is counted
  const isContained = containments.data?.some(isActive) === true;
  const isRunning = (clocks.data?.length ?? 0) > 0;
  return (
    <>
      <Heading title={waiting === undefined || waiting === 0 ? en.now.title : en.now.titleWaiting(waiting)}>
        {sentence}
      </Heading>
      <Waiting query={approvals} client={client} now={now} isLive={isLive} />
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
