// SPDX-License-Identifier: Apache-2.0
// The newest decisions. While the pointer or the focus is in the table nothing in it moves: what comes gathers above it.
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { DecisionLine, DecisionList, Status } from "../../../../src/sdk/index.ts";
import { AnswerMark } from "../../parts/answer-mark.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { Instant } from "../../parts/instant.tsx";
import { shortScope } from "../../parts/names.ts";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { type Zone, zoneName } from "../../parts/time.ts";
import { usePreferences } from "../../shell/preferences.ts";
import { en } from "../../text/en.ts";

interface LatestProps {
  readonly query: UseQueryResult<DecisionList>;
  /** Newest first. */
  readonly lines: readonly DecisionLine[];
  readonly status: Status | undefined;
}

/** Rows at first, and with each "more". */
const ROWS = 20;

export function Latest({ query, lines, status }: LatestProps): ReactNode {
  const { zone } = usePreferences();
  const [rows, setRows] = useState(ROWS);
  const [held, setHeld] = useState<readonly DecisionLine[]>();
  const text = en.latest;
  const first = held?.[0]?.index ?? -1;
  const fresh = held === undefined ? 0 : lines.filter(({ index }) => index > first).length;
  const shown = (held ?? lines).slice(0, rows);
  const hold = (): void => setHeld((kept) => kept ?? lines);
  const letGo = (): void => setHeld(undefined);
  return (
    <Panel title={text.title} note={fresh === 0 ? undefined : text.held(fresh)}>
      <Loaded query={query}>
        {() =>
          lines.length === 0 ? (
            <p className="empty">
              {text.empty}{" "}
              <span className="note">
                {text.emptyHow} <code>npx bailiwick status</code>
              </span>
              {status === undefined ? null : status.servers.map(({ id, url }) => <code key={id}>{url}</code>)}
            </p>
          ) : (
            <div onMouseEnter={hold} onMouseLeave={letGo} onFocus={hold} onBlur={letGo}>
              <Table lines={shown} zone={zone} />
              {lines.length > rows ? (
                <p className="more">
                  <button type="button" onClick={() => setRows(rows + ROWS)}>
                    {text.more}
                  </button>{" "}
                  <span className="note">{text.shown(shown.length)}</span>
                </p>
              ) : null}
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Table({ lines, zone }: { readonly lines: readonly DecisionLine[]; readonly zone: Zone }): ReactNode {
  const text = en.latest;
  return (
    <table className="lines">
      <caption className="unseen-text">{text.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{text.time(zoneName(Date.parse(lines[0]?.at ?? ""), zone))}</th>
          <th scope="col">{text.answer}</th>
          <th scope="col" className="wide">
            {text.who}
          </th>
          <th scope="col">{text.what}</th>
          <th scope="col" className="wide">
            {text.why}
          </th>
          <th scope="col" className="wide">
            {text.reference}
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <Row key={line.index} line={line} zone={zone} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ line, zone }: { readonly line: DecisionLine; readonly zone: Zone }): ReactNode {
  const { at, answer, would, who, verb, resource, why, reference } = line;
  const name = who === undefined ? en.latest.nobody : shortScope(who);
  return (
    <tr>
      <td>
        <Instant at={Date.parse(at)} zone={zone} withZone={false} />
      </td>
      <td>
        <AnswerMark answer={answer} />
        {would === undefined ? null : <span className="note"> {en.latest.would(would)}</span>}
      </td>
      <td className="wide" title={who}>
        <Foreign text={name} />
      </td>
      <td className="what">
        {verb} <Foreign text={resource} />
        <span className="narrow note">
          <Foreign text={name} /> · <Foreign text={why} />
        </span>
        <span className="narrow">
          <Reference reference={reference} />
        </span>
      </td>
      <td className="wide why">
        <Foreign text={why} />
      </td>
      <td className="wide">
        <Reference reference={reference} />
      </td>
    </tr>
  );
}

/** With the command that says why it was so answered. */
function Reference({ reference }: { readonly reference: string }): ReactNode {
  return (
    <span className="reference">
      <code>{reference}</code>
      <Copy text={`npx bailiwick policy explain ${reference}`} label={en.latest.copyCommand(reference)} />
    </span>
  );
}
