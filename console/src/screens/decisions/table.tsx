// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";
import type { DecisionLine } from "../../../../src/sdk/index.ts";
import { AnswerMark } from "../../parts/answer-mark.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { Instant } from "../../parts/instant.tsx";
import { shortScope } from "../../parts/names.ts";
import { type Zone, zoneName } from "../../parts/time.ts";
import { Link } from "../../shell/link.tsx";
import { en } from "../../text/en.ts";
import { detailHref, type View } from "./view.ts";

interface TableProps {
  /** Newest first. */
  readonly lines: readonly DecisionLine[];
  readonly zone: Zone;
  readonly view: View;
}

export function Table({ lines, zone, view }: TableProps): ReactNode {
  const text = en.decisions;
  return (
    <table className="lines decisions">
      <caption className="unseen-text">{text.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{en.latest.time(zoneName(Date.parse(lines[0]?.at ?? ""), zone))}</th>
          <th scope="col">{en.latest.answer}</th>
          <th scope="col" className="wide">
            {en.latest.who}
          </th>
          <th scope="col">{en.latest.what}</th>
          <th scope="col" className="wide">
            {en.latest.why}
          </th>
          <th scope="col" className="wide number">
            {text.ms}
          </th>
          <th scope="col" className="wide">
            {en.latest.reference}
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <Row key={line.index} line={line} zone={zone} view={view} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly line: DecisionLine;
  readonly zone: Zone;
  readonly view: View;
}

function Row({ line, zone, view }: RowProps): ReactNode {
  const { id, at, answer, would, who, verb, resource, why, ms, reference } = line;
  const name = who === undefined ? en.latest.nobody : shortScope(who);
  const link = (
    <Link to={detailHref(id, view)} data-row={id} className="reference">
      <code>{reference}</code>
    </Link>
  );
  return (
    <tr>
      <td>
        <Instant at={Date.parse(at)} zone={zone} withZone={false} />
      </td>
      <td>
        <AnswerMark answer={answer} would={would} />
      </td>
      <td className="wide" title={who}>
        <Foreign text={name} />
      </td>
      <td className="what">
        <span className="verb">{verb}</span> <Foreign text={resource} />
        <span className="narrow note">
          <Foreign text={name} /> · <Foreign text={why} />
        </span>
        <span className="narrow">{link}</span>
      </td>
      <td className="wide why">
        <Foreign text={why} />
      </td>
      <td className="wide number">{ms === undefined ? "" : en.number(ms)}</td>
      <td className="wide">{link}</td>
    </tr>
  );
}
