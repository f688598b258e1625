// SPDX-License-Identifier: Apache-2.0
// One call that waits: who wants what, exactly, what is odd about it, how long there is, and the two answers.
import { type ReactNode, useId, useState } from "react";
import { type ApprovalView, type Client, SdkError } from "../../../../src/sdk/index.ts";
import { Act } from "../../parts/act.tsx";
import { AnswerMark } from "../../parts/answer-mark.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { cutForeign } from "../../parts/foreign-text.ts";
import { shortScope } from "../../parts/names.ts";
import { readable } from "../../parts/readable.ts";
import { Refuse } from "../../parts/refuse.tsx";
import { span } from "../../parts/time.ts";
import { PasskeyFault } from "../../shell/passkey.ts";
import { faultText } from "../../shell/sign-in.tsx";
import { signYes } from "../../shell/sign-yes.ts";
import { en } from "../../text/en.ts";
import type { Outcome } from "./waiting.tsx";

interface CallProps {
  readonly approval: ApprovalView;
  readonly signer: string;
  readonly client: Client;
  /** UNIT: epoch ms by the server's clock. */
  readonly now: number;
  readonly isLive: boolean;
  readonly finish: (outcome: Outcome) => void;
}

/** UNIT: ms. From here on what is left is said loudly. */
const SOON_MS = 10_000;

export function Call({ approval, signer, client, now, isLive, finish }: CallProps): ReactNode {
  const [isSending, setSending] = useState(false);
  const [isWhole, setWhole] = useState(false);
  const [isRefusing, setRefusing] = useState(false);
  const { id, reference, who, verb, resource, rule, call, asks, digest, expires, need, agreed } = approval;
  const text = en.waiting;
  const whyId = useId();
  const shown = readable(call);
  const unseen = isWhole ? 0 : cutForeign(shown).left;
  const leftMs = Date.parse(expires) - now;
  const answer = (asked: Promise<string>): void => {
    setSending(true);
    void asked
      .then(
        (state) => ({ reference, isDone: true, text: text.state(state) }),
        (cause: unknown) => outcomeOf(reference, cause),
      )
      .then(finish)
      .finally(() => setSending(false));
  };
  const off = reasonOff({ isLive, isSending, leftMs });
  const why = off ?? noYes(signer, unseen);
  return (
    <article className="call" aria-label={`${reference}: ${shortScope(who)} ${text.asks(verb)} ${resource}`}>
      <div className="call-head">
        <AnswerMark answer="challenge" />
        <p className="call-line">
          <strong>
            <Foreign text={shortScope(who)} />
          </strong>{" "}
          {text.asks(verb)}{" "}
          <strong>
            <Foreign text={resource} />
          </strong>
        </p>
        <p className={leftMs < SOON_MS ? "left soon" : "left"} role="timer" aria-live="off">
          {leftMs > 0 ? text.left(span(leftMs)) : text.over}
        </p>
      </div>
      <p className="note">
        {text.rule} <code>{rule}</code> · <code className="reference">{reference}</code>
        {need > 1 ? ` · ${text.people(agreed, need)}` : null}
      </p>
      <h3>{text.call}</h3>
      {call === "" ? (
        <p className="note">{text.callHidden}</p>
      ) : (
        <pre>
          <Foreign text={shown} block onWhole={() => setWhole(true)} />
        </pre>
      )}
      {asks.length === 0 ? null : (
        <>
          <h3 className="warn">{text.broken}</h3>
          <ul className="asks">
            {asks.map(({ path, role, source }) => (
              <li key={path}>
                <code>
                  <Foreign text={path} />
                </code>{" "}
                ({role}) {text.brokenFrom} <Foreign text={source} />
              </li>
            ))}
          </ul>
        </>
      )}
      <div className="actions">
        <Act
          name="approve"
          isPrimary
          label={isSending ? text.sending : text.approve}
          offBecause={why === undefined ? undefined : whyId}
          onAct={() => answer(signYes(client, { id, digest, signer }))}
        />
        <Act
          name="refuse"
          label={text.refuse}
          offBecause={off === undefined ? undefined : whyId}
          onAct={() => setRefusing(true)}
        />
        {why === undefined ? null : (
          <p id={whyId} className="reason">
            {why}
          </p>
        )}
        {signer === "none" ? null : <p className="note signer">{text.signer(signer)}</p>}
      </div>
      <Refuse
        isOpen={isRefusing}
        what={`${shortScope(who)} ${text.asks(verb)} ${resource}`}
        close={() => setRefusing(false)}
        refuse={(because) => {
          setRefusing(false);
          answer(client.refuse(id, because));
        }}
      />
    </article>
  );
}

interface Possible {
  readonly isLive: boolean;
  readonly isSending: boolean;
  readonly leftMs: number;
}

/** Why nobody can answer now. */
function reasonOff({ isLive, isSending, leftMs }: Possible): string | undefined {
  if (!isLive) return en.waiting.notLive;
  if (isSending) return en.waiting.sending;
  return leftMs > 0 ? undefined : en.waiting.isOver;
}

/** Why nobody can say yes, though a no is possible. */
function noYes(signer: string, unseen: number): string | undefined {
  if (signer === "none") return en.waiting.noSigner;
  return unseen > 0 ? en.waiting.unseen(unseen) : undefined;
}

function outcomeOf(reference: string, cause: unknown): Outcome {
  const known = cause instanceof SdkError ? cause : undefined;
  const isRefused = known?.problem !== undefined;
  return {
    reference,
    isDone: false,
    text: isRefused ? en.waiting.late : en.waiting.failed,
    detail:
      cause instanceof PasskeyFault
        ? faultText(cause)
        : known === undefined
          ? String(cause)
          : `${known.message} (${known.problem?.code ?? known.code})`,
  };
}
