// SPDX-License-Identifier: Apache-2.0
// One identity: who answers for it, on what it acts now, what it holds, what it touched, and what can be done to it.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ContainmentView, IdentityView } from "../../../../src/sdk/index.ts";
import { CopyMenu } from "../../parts/copy-menu.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { shortScope } from "../../parts/names.ts";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { StatusMark } from "../../parts/status-mark.tsx";
import { wholeTime } from "../../parts/time.ts";
import { Confirm, type Question } from "../../shell/confirm.tsx";
import { Heading } from "../../shell/heading.tsx";
import { KEYS } from "../../shell/keys.ts";
import { Link } from "../../shell/link.tsx";
import { useLiveness } from "../../shell/live.ts";
import { hrefOf } from "../../shell/place.ts";
import { usePreferences } from "../../shell/preferences.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { en } from "../../text/en.ts";
import { Acts } from "./acts.tsx";
import { Mandates, Tokens } from "./holdings.tsx";
import { Instances } from "./instances.tsx";
import { useOrders } from "./queries.ts";
import { Reach } from "./reach.tsx";
import { identityHref, orderOn } from "./roster.ts";

export function One({ client, live, session, id }: ScreenProps & { readonly id: string }): ReactNode {
  const text = en.identity;
  const isLive = useLiveness(live).state === "live";
  const query = useQuery({ queryKey: [...KEYS.identities, id], queryFn: () => client.identity(id) });
  const mandates = useQuery({ queryKey: [...KEYS.mandates, id], queryFn: () => client.mandates(id) });
  const tokens = useQuery({ queryKey: [...KEYS.sessions, id], queryFn: () => client.sessions(id) });
  const orders = useOrders(client, session.lists);
  const [question, setQuestion] = useState<Question>();
  const [said, setSaid] = useState<string>();
  const told = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (said !== undefined) told.current?.focus();
  }, [said]);
  const order = orderOn(id, orders.data);
  const done = (answer: string): void => {
    setQuestion(undefined);
    setSaid(answer);
    for (const one of [query, mandates, tokens, orders]) void one.refetch();
  };
  const alive = mandates.data?.mandates.filter(({ state }) => state === "open").length;
  return (
    <>
      <p className="back">
        <Link to={hrefOf(["identities"])} data-key="back">
          {text.back}
        </Link>
      </p>
      <Heading title={shortScope(id)}>
        {query.data === undefined ? (
          en.identities.title
        ) : (
          <Sentence identity={query.data} order={order} mandates={alive} tokens={tokens.data?.sessions.length} />
        )}
      </Heading>
      {said === undefined ? null : (
        <p ref={told} tabIndex={-1} role="status" className="outcome">
          {said}
        </p>
      )}
      <Loaded query={query}>
        {(identity) => (
          <>
            <Acts
              identity={identity}
              order={order}
              client={client}
              isLive={isLive}
              isKept={session.lists.includes("containments")}
              ask={setQuestion}
            />
            <About identity={identity} order={order} />
            <Mandates query={mandates} client={client} isLive={isLive} ask={setQuestion} />
            <Tokens query={tokens} client={client} isLive={isLive} ask={setQuestion} />
            <Instances identity={identity} client={client} isLive={isLive} ask={setQuestion} />
            <Reach identity={identity} client={client} lists={session.lists} />
          </>
        )}
      </Loaded>
      <Confirm client={client} live={live} question={question} close={() => setQuestion(undefined)} done={done} />
    </>
  );
}

interface SentenceProps {
  readonly identity: IdentityView;
  readonly order: ContainmentView | undefined;
  /** Open ones; `undefined` where they are not read. */
  readonly mandates: number | undefined;
  readonly tokens: number | undefined;
}

function Sentence({ identity, order, mandates, tokens }: SentenceProps): ReactNode {
  const { name, status, kind } = identity;
  return (
    <>
      <StatusMark status={status} effect={order?.effect} />{" "}
      <span className="asked">
        <Foreign text={name} />
        {kind === "human" ? "" : en.identity.holds(mandates, tokens)}
      </span>
    </>
  );
}

interface AboutProps {
  readonly identity: IdentityView;
  readonly order: ContainmentView | undefined;
}

function About({ identity, order }: AboutProps): ReactNode {
  const text = en.identity;
  const { zone } = usePreferences();
  const { id, kind, status, sponsor, blueprint, purpose, environment, jurisdiction, expires, left } = identity;
  const time = (at: string): ReactNode => <time dateTime={at}>{wholeTime(Date.parse(at), zone)}</time>;
  const rows: readonly (readonly [name: string, value: ReactNode])[] = [
    [text.id, <Foreign key="id" text={id} />],
    [text.kind, `${kind}${identity.synthetic ? `, ${text.synthetic}` : ""}`],
    [
      text.status,
      left === undefined || status === "active" ? (
        status
      ) : (
        <>
          {status} · {time(left)}
        </>
      ),
    ],
    [
      text.order,
      order === undefined ? undefined : (
        <>
          {order.effect}: <Foreign text={order.because} />
        </>
      ),
    ],
    [
      text.sponsor,
      sponsor === undefined ? undefined : (
        <Link to={identityHref(sponsor)}>
          <Foreign text={shortScope(sponsor)} />
        </Link>
      ),
    ],
    [text.blueprint, blueprint],
    [text.purpose, <Foreign key="purpose" text={purpose} />],
    [text.place, [environment, jurisdiction].filter((part) => part !== "").join(", ")],
    [text.expires, expires === undefined ? undefined : time(expires)],
  ];
  return (
    <Panel title={text.about}>
      <dl className="facts decision-facts">
        {rows.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      <CopyMenu
        items={[
          [en.decision.copyLink, new URL(identityHref(id), globalThis.location.origin).href],
          [en.decision.copyId, id],
          [en.decision.copyCommand, `npx bailiwick identity show ${id}`],
        ]}
      />
    </Panel>
  );
}
