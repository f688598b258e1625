// SPDX-License-Identifier: Apache-2.0
// Who is stopped, and what each gate has said about it. An order is done when every gate has answered, and not before.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ContainmentView } from "../../../../src/sdk/index.ts";
import { AnswerMark } from "../../parts/answer-mark.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { Instant } from "../../parts/instant.tsx";
import { shortScope } from "../../parts/names.ts";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { usePreferences } from "../../shell/preferences.ts";
import { en } from "../../text/en.ts";
import { acksOf, isActive } from "./sentence.ts";

export function Containments({ query }: { readonly query: UseQueryResult<readonly ContainmentView[]> }): ReactNode {
  return (
    <Panel title={en.containments.title}>
      <Loaded query={query}>
        {(containments) => {
          const active = containments.filter(isActive);
          if (active.length === 0) return <p className="empty">{en.containments.empty}</p>;
          return (
            <ul className="orders">
              {active.map((order) => (
                <li key={order.id}>
                  <Order order={order} />
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Order({ order }: { readonly order: ContainmentView }): ReactNode {
  const { zone } = usePreferences();
  const { done, all } = acksOf(order);
  const text = en.containments;
  return (
    <>
      <p>
        <AnswerMark answer="contained" /> <strong>{order.effect}</strong>{" "}
        <strong title={`${order.scope.kind} ${order.scope.id}`}>
          <Foreign text={shortScope(order.scope.id)} />
        </strong>{" "}
        · <Foreign text={order.because} />
      </p>
      <p className="note">
        <span className={done === all && all > 0 ? "" : "warn"}>
          {done === all && all > 0 ? "" : `${text.ordered}, `}
          {text.acks(done, all)}
        </span>{" "}
        · {text.ordered} <Instant at={Date.parse(order.orderedAt)} zone={zone} /> ·{" "}
        {order.automatic ? text.automatic : text.byPerson}
      </p>
      <ul className="points">
        {order.points.map(({ point, ms, state }) => (
          <li key={point}>
            <code>{point}</code> <span className={state === "acked" ? "" : "warn"}>{state}</span> · {text.ms(ms)}
          </li>
        ))}
      </ul>
    </>
  );
}
