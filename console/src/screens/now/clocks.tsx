// SPDX-License-Identifier: Apache-2.0
// Duties whose time runs. Deadlines come from the server in two readings; the console subtracts, it never reckons.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { IncidentClock } from "../../../../src/sdk/index.ts";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { span, wholeTime, type Zone } from "../../parts/time.ts";
import { usePreferences } from "../../shell/preferences.ts";
import { en } from "../../text/en.ts";

interface ClocksProps {
  readonly query: UseQueryResult<readonly IncidentClock[]>;
  /** UNIT: epoch ms by the server's clock. */
  readonly now: number;
}

export function Clocks({ query, now }: ClocksProps): ReactNode {
  const { zone } = usePreferences();
  const text = en.clocks;
  return (
    <Panel title={text.title}>
      <Loaded query={query}>
        {(clocks) =>
          clocks.length === 0 ? (
            <p className="empty">{text.empty}</p>
          ) : (
            <table className="clock-table">
              <caption className="unseen-text">{text.caption}</caption>
              <thead>
                <tr>
                  <th scope="col">{text.incident}</th>
                  <th scope="col">{text.duty}</th>
                  <th scope="col">{text.state}</th>
                  <th scope="col">{text.strict}</th>
                  <th scope="col" className="wide">
                    {text.latest}
                  </th>
                </tr>
              </thead>
              <tbody>
                {clocks.map((clock) => (
                  <Row key={`${clock.incident} ${clock.duty} ${clock.stage}`} clock={clock} now={now} zone={zone} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Row({
  clock,
  now,
  zone,
}: {
  readonly clock: IncidentClock;
  readonly now: number;
  readonly zone: Zone;
}): ReactNode {
  const { incident, duty, stage, recipient, kind, review, verdict, state, strict, latest, waitingFor, why } = clock;
  const text = en.clocks;
  return (
    <tr>
      <td>{incident}</td>
      <td title={why}>
        {recipient} <span className="note">{`${duty}, ${stage}, ${kind}, ${review}`}</span>
      </td>
      <td>
        {state}
        {waitingFor.length === 0 ? null : <span className="note"> {text.waitingFor(waitingFor)}</span>}
        {verdict === "needs" ? <span className="note"> {text.ifItApplies}</span> : null}
      </td>
      <td>
        <Deadline at={strict} now={now} zone={zone} />
        <span className="narrow">
          <span className="note">{text.latest}:</span> <Deadline at={latest} now={now} zone={zone} />
        </span>
      </td>
      <td className="wide">
        <Deadline at={latest} now={now} zone={zone} />
      </td>
    </tr>
  );
}

interface DeadlineProps {
  readonly at: string | null;
  readonly now: number;
  readonly zone: Zone;
}

function Deadline({ at, now, zone }: DeadlineProps): ReactNode {
  if (at === null) return <span className="note">{en.clocks.none}</span>;
  const ms = Date.parse(at);
  const left = ms - now;
  return (
    <>
      <strong className={left < 0 ? "warn" : ""}>
        {left < 0 ? en.clocks.past(span(-left)) : en.clocks.left(span(left))}
      </strong>{" "}
      <time className="note when" dateTime={at}>
        {wholeTime(ms, zone)}
      </time>
    </>
  );
}
