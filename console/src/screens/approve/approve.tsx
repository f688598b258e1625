// SPDX-License-Identifier: Apache-2.0
// The page that an approver is sent to: one exact call with everything that a yes agrees to, and the two answers. Whoever the
// rule does not name learns that it waits and for whom, and nothing of the call (enforce E30, E53).
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ApprovalPage, SeenApproval } from "../../../../src/sdk/index.ts";
import { Act } from "../../parts/act.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { cutForeign } from "../../parts/foreign-text.ts";
import { Instant } from "../../parts/instant.tsx";
import { shortScope } from "../../parts/names.ts";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { readable } from "../../parts/readable.ts";
import { Refuse } from "../../parts/refuse.tsx";
import { span } from "../../parts/time.ts";
import { Heading } from "../../shell/heading.tsx";
import { KEYS } from "../../shell/keys.ts";
import { useLiveness, useServerNow } from "../../shell/live.ts";
import { usePreferences } from "../../shell/preferences.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { faultText } from "../../shell/sign-in.tsx";
import { signYes } from "../../shell/sign-yes.ts";
import { en } from "../../text/en.ts";

export function Approve(props: ScreenProps): ReactNode {
  const { client, parts } = props;
  const [id = ""] = parts;
  const query = useQuery({ queryKey: [...KEYS.approvals, id], queryFn: () => client.approval(id) });
  const { data } = query;
  return (
    <>
      <Heading title={en.approve.title}>{data === undefined ? en.approve.title : sentenceOf(data)}</Heading>
      <Loaded query={query}>{(page) => <Question {...props} page={page} again={() => void query.refetch()} />}</Loaded>
    </>
  );
}

function sentenceOf({ state, group, seen, barred }: ApprovalPage): string {
  const text = en.approve;
  if (state !== "pending") return text.ended(state, seen?.decided?.by ?? "");
  if (seen === undefined) return text.waitsFor(group);
  return barred === "" ? text.waitsForYou(shortScope(seen.call.who), seen.call.verb) : text.waitsFor(group);
}

interface QuestionProps extends ScreenProps {
  readonly page: ApprovalPage;
  readonly again: () => void;
}

function Question(props: QuestionProps): ReactNode {
  const { page } = props;
  const { seen, barred, state } = page;
  const text = en.approve;
  if (seen === undefined)
    return (
      <p>
        {text.barred(barred)} {state === "pending" ? text.nothing : ""}
      </p>
    );
  return (
    <>
      {barred === "" || state !== "pending" ? null : <p>{text.barred(barred)}</p>}
      <Exactly {...props} seen={seen} />
    </>
  );
}

function Exactly({ page, seen, client, live, again }: QuestionProps & { readonly seen: SeenApproval }): ReactNode {
  const { call, onBehalfOf, agreed, before, decided } = seen;
  const now = useServerNow(live);
  const { zone } = usePreferences();
  const [isWhole, setWhole] = useState(false);
  const text = en.approve;
  const shown = readable(call.call);
  const leftMs = Date.parse(page.expires) - now;
  const unseen = isWhole ? 0 : cutForeign(shown).left;
  return (
    <>
      <Panel title={text.exactly} note={<code>{call.reference}</code>}>
        <dl className="facts">
          <Fact name={text.who}>
            <Foreign text={shortScope(call.who)} />
          </Fact>
          {onBehalfOf === "" ? null : (
            <Fact name={text.behalf}>
              <Foreign text={onBehalfOf} />
            </Fact>
          )}
          <Fact name={text.wants}>
            {call.verb} <Foreign text={call.resource} />
          </Fact>
          <Fact name={text.rule}>
            <code>{call.rule}</code> {call.reason}
          </Fact>
          <Fact name={text.until}>
            <Instant at={Date.parse(page.expires)} zone={zone} />{" "}
            {page.state === "pending" ? (leftMs > 0 ? en.waiting.left(span(leftMs)) : en.waiting.over) : ""}
          </Fact>
          <Fact name={text.need}>{en.waiting.people(agreed.length, page.need)}</Fact>
          {agreed.length === 0 ? null : (
            <Fact name={text.agreed}>
              <Foreign text={agreed.join(", ")} />
            </Fact>
          )}
          {decided === undefined ? null : (
            <Fact name={text.decided}>
              {page.state} <Instant at={Date.parse(decided.at)} zone={zone} /> <Foreign text={decided.by} />{" "}
              <Foreign text={decided.why} />
            </Fact>
          )}
        </dl>
        {call.call === "" ? (
          <p className="note">{page.state === "pending" ? en.waiting.callHidden : text.callGone}</p>
        ) : (
          <pre className="call-text">
            <Foreign text={shown} block onWhole={() => setWhole(true)} />
          </pre>
        )}
      </Panel>
      {call.asks.length === 0 ? null : (
        <Panel title={en.waiting.broken}>
          <ul className="asks">
            {call.asks.map(({ path, role, source }) => (
              <li key={path}>
                <code>
                  <Foreign text={path} />
                </code>{" "}
                ({role}) {en.waiting.brokenFrom} <Foreign text={source} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title={text.before}>
        {before.length === 0 ? <p className="empty">{text.noneBefore}</p> : null}
        <ul>
          {before.map(({ state, at, resource }) => (
            <li key={at + resource}>
              {state} <Instant at={Date.parse(at)} zone={zone} /> <Foreign text={resource} />
            </li>
          ))}
        </ul>
      </Panel>
      <Answers
        page={page}
        seen={seen}
        client={client}
        live={live}
        off={unseen > 0 ? en.waiting.unseen(unseen) : ""}
        again={again}
      />
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface AnswersProps extends Pick<QuestionProps, "page" | "client" | "live" | "again"> {
  readonly seen: SeenApproval;
  /** Why nobody can say yes yet; empty where one can. */
  readonly off: string;
}

function Answers({ page, seen, client, live, off, again }: AnswersProps): ReactNode {
  const isLive = useLiveness(live).state === "live";
  const [isRefusing, setRefusing] = useState(false);
  const [isSending, setSending] = useState(false);
  const [outcome, setOutcome] = useState<string>();
  const told = useRef<HTMLParagraphElement>(null);
  const text = en.waiting;
  useEffect(() => {
    if (outcome !== undefined) told.current?.focus();
  }, [outcome]);
  const answer = (asked: Promise<string>): void => {
    setSending(true);
    void asked
      .then((state) => text.state(state), faultText)
      .then(setOutcome)
      .finally(() => {
        setSending(false);
        again();
      });
  };
  const both = isSending ? text.sending : isLive ? "" : text.notLive;
  const why = both || off;
  const { digest, who, verb, resource } = seen.call;
  return (
    <>
      <p ref={told} tabIndex={-1} role="status" className={outcome === undefined ? "" : "outcome"}>
        {outcome}
      </p>
      {page.state !== "pending" || page.barred !== "" ? null : (
        <div className="actions">
          <Act
            name="approve"
            isPrimary
            label={isSending ? text.sending : text.approve}
            offBecause={why === "" ? undefined : "approve-off"}
            onAct={() => answer(signYes(client, { id: page.id, digest, signer: page.signer }))}
          />
          <Act
            name="refuse"
            label={text.refuse}
            offBecause={both === "" ? undefined : "approve-off"}
            onAct={() => setRefusing(true)}
          />
          <p id="approve-off" className="reason">
            {why}
          </p>
          <p className="note signer">{text.signer(page.signer)}</p>
        </div>
      )}
      <Refuse
        isOpen={isRefusing}
        what={`${shortScope(who)} ${text.asks(verb)} ${resource}`}
        close={() => setRefusing(false)}
        refuse={(because) => {
          setRefusing(false);
          answer(client.refuse(page.id, because));
        }}
      />
    </>
  );
}
