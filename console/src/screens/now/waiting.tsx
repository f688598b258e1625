// SPDX-License-Identifier: Apache-2.0
// What waits for a person, with everything that a yes agrees to. What the server answered is said, and nothing before it.
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ApprovalList, Client } from "../../../../src/sdk/index.ts";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { en } from "../../text/en.ts";
import { Call } from "./call.tsx";

interface WaitingProps {
  readonly query: UseQueryResult<ApprovalList>;
  readonly client: Client;
  /** UNIT: epoch ms by the server's clock. */
  readonly now: number;
  readonly isLive: boolean;
}

/** What became of an act of this page. */
export interface Outcome {
  readonly reference: string;
  /** False where the answer did not count, or nobody knows. */
  readonly isDone: boolean;
  readonly text: string;
  /** What the server said beside it. */
  readonly detail?: string | undefined;
}

export function Waiting({ query, client, now, isLive }: WaitingProps): ReactNode {
  const [outcome, setOutcome] = useState<Outcome>();
  const told = useRef<HTMLParagraphElement>(null);
  const finish = (next: Outcome): void => {
    setOutcome(next);
    void query.refetch();
  };
  useEffect(() => {
    // the button that had the focus goes away with its call
    if (outcome !== undefined) told.current?.focus();
  }, [outcome]);
  return (
    <Panel title={en.waiting.title}>
      {outcome === undefined ? null : (
        <p ref={told} tabIndex={-1} role="status" className={outcome.isDone ? "outcome" : "outcome bad"}>
          <strong>{outcome.reference}</strong> {outcome.text}
          {outcome.detail === undefined ? null : <span className="detail"> {outcome.detail}</span>}
        </p>
      )}
      <Loaded query={query}>
        {({ approvals, signer }) =>
          approvals.length === 0 ? (
            <p className="empty">
              {en.waiting.empty} <span className="note">{en.waiting.emptyHow}</span>
            </p>
          ) : (
            <ul className="calls">
              {approvals.map((approval) => (
                <li key={approval.id}>
                  <Call approval={approval} signer={signer} client={client} now={now} isLive={isLive} finish={finish} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
