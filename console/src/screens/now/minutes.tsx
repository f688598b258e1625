// SPDX-License-Identifier: Apache-2.0
// Decisions per minute over the last hour: a picture, a sentence that says the same, and a table that has every number.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { MinuteList, MinuteView } from "../../../../src/sdk/index.ts";
import { AnswerMark } from "../../parts/answer-mark.tsx";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { shortTime, type Zone, zoneName } from "../../parts/time.ts";
import { usePreferences } from "../../shell/preferences.ts";
import { en } from "../../text/en.ts";
import { barsOf, STACK, totalOf } from "./bars.ts";

export function Minutes({ query }: { readonly query: UseQueryResult<MinuteList> }): ReactNode {
  const { zone } = usePreferences();
  return (
    <Panel title={en.minutes.title} note={en.minutes.note}>
      <Loaded query={query}>{(list) => <Chart list={list} zone={zone} />}</Loaded>
    </Panel>
  );
}

function Chart({ list, zone }: { readonly list: MinuteList; readonly zone: Zone }): ReactNode {
  const { minutes, complete } = list;
  const { bars, all, top, topAt } = barsOf(minutes);
  const text = en.minutes;
  if (topAt === undefined) return <p className="empty">{text.empty}</p>;
  const at = Date.parse(topAt);
  const used = STACK.filter((answer) => minutes.some(({ counts }) => (counts.get(answer) ?? 0) > 0));
  return (
    <>
      <figure className="chart">
        <svg viewBox="0 0 60 1" preserveAspectRatio="none" aria-hidden="true">
          {bars.map(({ answer, x, y, height }) => (
            <rect key={`${x} ${answer}`} x={x + 0.1} y={y} width={0.8} height={height} data-answer={answer} />
          ))}
        </svg>
        <span className="scale" aria-hidden="true">
          {top}
        </span>
        <div className="axis" aria-hidden="true">
          <span>{text.ago}</span>
          <span>{text.half}</span>
          <span>{text.now}</span>
        </div>
        <figcaption>
          {text.sentence(all, top, `${shortTime(at, zone)} ${zoneName(at, zone)}`, complete)}
          <span className="legend">
            {used.map((answer) => (
              <AnswerMark key={answer} answer={answer} />
            ))}
          </span>
        </figcaption>
      </figure>
      <details>
        <summary>{text.table}</summary>
        <MinuteTable minutes={minutes} zone={zone} />
      </details>
    </>
  );
}

function MinuteTable({ minutes, zone }: { readonly minutes: readonly MinuteView[]; readonly zone: Zone }): ReactNode {
  const text = en.minutes;
  const rows = minutes.filter((minute) => totalOf(minute) > 0).toReversed();
  return (
    <table className="numbers">
      <caption className="unseen-text">{text.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{text.minute}</th>
          <th scope="col">{text.all}</th>
          {STACK.map((answer) => (
            <th key={answer} scope="col">
              {answer}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((minute) => (
          <tr key={minute.at}>
            <th scope="row">{shortTime(Date.parse(minute.at), zone)}</th>
            <td>{totalOf(minute)}</td>
            {STACK.map((answer) => (
              <td key={answer}>{minute.counts.get(answer) ?? 0}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
