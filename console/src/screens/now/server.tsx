// SPDX-License-Identifier: Apache-2.0
// What this server is made of right now: its gates, its record, its rules, and what it warns of itself.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Status } from "../../../../src/sdk/index.ts";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { en } from "../../text/en.ts";

export function Server({ query }: { readonly query: UseQueryResult<Status> }): ReactNode {
  const text = en.server;
  return (
    <Panel title={text.title} note={query.data === undefined ? undefined : text.version(query.data.version)}>
      <Loaded query={query}>
        {({ servers, record, policies, identities, warnings }) => (
          <>
            <dl className="facts">
              {servers.map(({ id, url, operator, jurisdiction, tools, state, why }) => (
                <div key={id}>
                  <dt>{text.gate}</dt>
                  <dd>
                    <strong>{id}</strong> <span className={state === "ready" ? "" : "warn"}>{state}</span>
                    {why === undefined ? null : <span className="warn"> {why}</span>} · {text.tools(tools)} ·{" "}
                    {text.operated(operator, jurisdiction)} <code>{url}</code>
                  </dd>
                </div>
              ))}
              <div>
                <dt>{text.record}</dt>
                <dd>
                  <span className={record.state === "open" ? "" : "warn"}>{record.state}</span> ·{" "}
                  {text.entries(record.size, record.published)}
                </dd>
              </div>
              <div>
                <dt>{text.policies}</dt>
                <dd>{policies === undefined ? text.noPolicies : text.rules(policies.name, policies.policies)}</dd>
              </div>
              <div>
                <dt>{text.identities}</dt>
                <dd>{text.active(identities.active, identities.total)}</dd>
              </div>
            </dl>
            {warnings.length === 0 ? null : (
              <ul className="warnings" aria-label={text.warnings}>
                {warnings.map((warning) => (
                  <li key={warning}>{warning}</li>
                ))}
              </ul>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
