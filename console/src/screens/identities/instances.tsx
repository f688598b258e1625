// SPDX-License-Identifier: Apache-2.0
// The running copies of an identity, each with its own key and when it proved it last.
import type { ReactNode } from "react";
import type { Client, IdentityView } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { Panel } from "../../parts/panel.tsx";
import { StatusMark } from "../../parts/status-mark.tsx";
import { wholeTime } from "../../parts/time.ts";
import type { Question } from "../../shell/confirm.tsx";
import { usePreferences } from "../../shell/preferences.ts";
import { en } from "../../text/en.ts";
import { TakeAway } from "./holdings.tsx";

interface InstancesProps {
  readonly identity: IdentityView;
  readonly client: Client;
  readonly isLive: boolean;
  readonly ask: (question: Question) => void;
}

export function Instances({ identity, client, isLive, ask }: InstancesProps): ReactNode {
  const text = en.identity;
  const { zone } = usePreferences();
  if (identity.kind === "human") return null;
  return (
    <Panel title={text.instances}>
      {identity.instances.length === 0 ? <p className="empty">{text.noInstances}</p> : null}
      <ul className="holdings">
        {identity.instances.map(({ id, name, status, jkt, lastProof }) => (
          <li key={id}>
            <div>
              <p>
                <strong>
                  <Foreign text={name} />
                </strong>{" "}
                <StatusMark status={status} />
              </p>
              <p className="note">
                {text.key} <code>{jkt}</code> ·{" "}
                {lastProof === undefined ? (
                  text.noProof
                ) : (
                  <>
                    {text.lastProof} <time dateTime={lastProof}>{wholeTime(Date.parse(lastProof), zone)}</time>
                  </>
                )}
              </p>
            </div>
            {status === "retired" ? null : (
              <TakeAway
                label={text.retireInstance}
                isLive={isLive}
                ask={() =>
                  ask({
                    title: text.retireInstanceTitle(name),
                    act: text.retireInstance,
                    typed: name,
                    about: <p>{text.retireInstanceMeans}</p>,
                    work: async (because) => text.now((await client.retireInstance(id, because)).status),
                  })
                }
              />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
