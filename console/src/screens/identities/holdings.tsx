// SPDX-License-Identifier: Apache-2.0
// On what an identity acts now: its mandates, and the tokens that are good at this moment. Each can be taken away.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Client, LiveSession, LiveSessionList, MandateListing, MandateView } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { shortScope } from "../../parts/names.ts";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { wholeTime } from "../../parts/time.ts";
import type { Question } from "../../shell/confirm.tsx";
import { usePreferences } from "../../shell/preferences.ts";
import { en } from "../../text/en.ts";

interface HoldingProps<T> {
  readonly query: UseQueryResult<T>;
  readonly client: Client;
  readonly isLive: boolean;
  readonly ask: (question: Question) => void;
}

export function Mandates({ query, client, isLive, ask }: HoldingProps<MandateListing>): ReactNode {
  const text = en.identity;
  return (
    <Panel title={text.mandates}>
      <Loaded query={query}>
        {({ mandates, complete }) => {
          const open = mandates.filter(({ state }) => state === "open");
          const over = mandates.length - open.length;
          return (
            <>
              {open.length === 0 ? <p className="empty">{text.noMandates}</p> : null}
              <ul className="holdings">
                {open.map((mandate) => (
                  <li key={mandate.id}>
                    <Mandate mandate={mandate} />
                    <TakeAway
                      label={text.close}
                      isLive={isLive}
                      ask={() =>
                        ask({
                          title: text.closeTitle,
                          act: text.close,
                          about: <p>{text.closeMeans}</p>,
                          work: async (because) => text.now((await client.closeMandate(mandate.id, because)).state),
                        })
                      }
                    />
                  </li>
                ))}
              </ul>
              {over === 0 && complete ? null : <p className="note">{text.overMandates(over, complete)}</p>}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Mandate({ mandate }: { readonly mandate: MandateView }): ReactNode {
  const text = en.identity;
  const { zone } = usePreferences();
  const { id, purpose, verbs, locations, labelMax, jurisdictions, constraints, deadline, grantor } = mandate;
  return (
    <div>
      <p>
        <strong>
          <Foreign text={purpose} />
        </strong>{" "}
        · {verbs.join(", ")} · <Foreign text={locations.join(", ")} />
      </p>
      <p className="note">
        {text.upTo(labelMax)}
        {jurisdictions.length === 0 ? "" : `, ${jurisdictions.join(", ")}`}
        {constraints === 0 ? "" : `, ${text.constraints(constraints)}`} · {text.grantedBy}{" "}
        <Foreign text={shortScope(grantor)} /> · {text.until}{" "}
        <time dateTime={deadline}>{wholeTime(Date.parse(deadline), zone)}</time> · <code>{id}</code>
      </p>
    </div>
  );
}

export function Tokens({ query, client, isLive, ask }: HoldingProps<LiveSessionList>): ReactNode {
  const text = en.identity;
  return (
    <Panel title={text.tokens}>
      <Loaded query={query}>
        {({ sessions, complete }) => (
          <>
            {sessions.length === 0 ? <p className="empty">{text.noTokens}</p> : null}
            <ul className="holdings">
              {sessions.toReversed().map((token) => (
                <li key={token.jti}>
                  <Token token={token} />
                  <TakeAway
                    label={text.revoke}
                    isLive={isLive}
                    ask={() =>
                      ask({
                        title: text.revokeTitle,
                        act: text.revoke,
                        about: <p>{text.revokeMeans}</p>,
                        work: async (because) => {
                          await client.revoke(token.jti, because);
                          return text.revoked;
                        },
                      })
                    }
                  />
                </li>
              ))}
            </ul>
            {complete ? null : <p className="note">{text.atLeast}</p>}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Token({ token }: { readonly token: LiveSession }): ReactNode {
  const text = en.identity;
  const { zone } = usePreferences();
  const { verbs, audience, instance, issued, expires, jti } = token;
  return (
    <div>
      <p>
        {verbs.join(", ")} · <Foreign text={audience} />
      </p>
      <p className="note">
        {text.held} <Foreign text={shortScope(instance)} /> · {text.issued}{" "}
        <time dateTime={issued}>{wholeTime(Date.parse(issued), zone)}</time> · {text.until}{" "}
        <time dateTime={expires}>{wholeTime(Date.parse(expires), zone)}</time> · <code>{jti}</code>
      </p>
    </div>
  );
}

interface TakeAwayProps {
  readonly label: string;
  readonly isLive: boolean;
  readonly ask: () => void;
}

/** A button beside a row; the reason why it cannot act stands over the page, where it says that nothing is live. */
export function TakeAway({ label, isLive, ask }: TakeAwayProps): ReactNode {
  return (
    <div className="take">
      <button type="button" aria-disabled={!isLive} onClick={() => (isLive ? ask() : undefined)}>
        {label}
      </button>
      {isLive ? null : <span className="note">{en.identity.notLive}</span>}
    </div>
  );
}
