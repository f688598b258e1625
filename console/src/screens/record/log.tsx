// SPDX-License-Identifier: Apache-2.0
// How the log is: what of it was told to the world, who cosigns that, and the commands that check it or hand it out.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Client, Status, WitnessingView } from "../../../../src/sdk/index.ts";
import { Copy } from "../../parts/copy.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { record as text } from "../../text/en-record.ts";
import { NUMBER } from "../../text/words.ts";

interface LogProps {
  readonly client: Client;
  readonly status: Status | undefined;
}

export function Log({ client, status }: LogProps): ReactNode {
  const witnesses = useQuery({ queryKey: ["record", "witnesses"], queryFn: () => client.witness.status() });
  const data = status?.dataDir ?? "data";
  const check = `npx bailiwick verify ${data}/record --policy ${data}/trust.policy`;
  return (
    <>
      <Panel title={text.log}>
        {status === undefined ? null : <Facts record={status.record} />}
        <ol className="steps">
          <li>
            {text.checkAll} <code className="command">{check}</code> <Copy text={check} label={text.copyCheck} />
          </li>
          <li>
            {text.exportAll} <code className="command">{HAND_OUT}</code>{" "}
            <Copy text={HAND_OUT} label={text.copyExport} />
          </li>
        </ol>
      </Panel>
      <Panel title={text.witnesses}>
        <Loaded query={witnesses}>{({ log }) => <Witnesses log={log} />}</Loaded>
      </Panel>
    </>
  );
}

const HAND_OUT = "npx bailiwick record export ./handover";

function Facts({ record }: { readonly record: Status["record"] }): ReactNode {
  const { origin, size, published, indexedThrough } = record;
  const rows = [
    [text.origin, origin],
    [text.entries, NUMBER.format(size)],
    [text.published, NUMBER.format(published)],
    ...(indexedThrough === undefined ? [] : [[text.searchable, NUMBER.format(indexedThrough)] as const]),
  ] as const;
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Foreign text={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Witnesses({ log }: { readonly log: WitnessingView["log"] }): ReactNode {
  const isWell = log.state === "none" || log.state === "met";
  return (
    <>
      <p className={isWell ? undefined : "problem"} role={isWell ? undefined : "alert"}>
        {text.quorum(log.state, log.lagMs)}
      </p>
      {log.witnesses.length === 0 ? null : (
        <table>
          <caption className="unseen-text">{text.witnesses}</caption>
          <thead>
            <tr>
              <th scope="col">{text.witness}</th>
              <th scope="col">{text.last}</th>
            </tr>
          </thead>
          <tbody>
            {log.witnesses.map(({ name, url, last, detail }) => (
              <tr key={`${name} ${url}`}>
                <td>
                  <Foreign text={name} />
                </td>
                <td>
                  {last} <Foreign text={detail} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
