// SPDX-License-Identifier: Apache-2.0
// Asks before something is done that others feel: why, and where it stops somebody, their name, typed. Nothing counts as
// done before the server said so; where it says no, or the session is over, what was typed stays.
import { type ReactNode, useId, useState } from "react";
import { type Client, SdkError } from "../../../src/sdk/index.ts";
import { Modal } from "../parts/modal.tsx";
import { en } from "../text/en.ts";
import type { Live } from "./live.ts";
import { faultText, SignIn } from "./sign-in.tsx";

export interface Question {
  readonly title: string;
  /** What the button that does it is called. */
  readonly act: string;
  /** What has to be typed first; left out where it stops nobody. */
  readonly typed?: string;
  /** What it means, over the form. */
  readonly about: ReactNode;
  /** @returns what the server said of it, in words */
  readonly work: (because: string) => Promise<string>;
}

interface ConfirmProps {
  readonly client: Client;
  readonly live: Live;
  /** `undefined` where nothing is asked. */
  readonly question: Question | undefined;
  readonly close: () => void;
  readonly done: (said: string) => void;
}

/** UNIT: characters. The record keeps no more of a reason. */
const BECAUSE_MAX_CHARS = 200;

export function Confirm({ client, live, question, close, done }: ConfirmProps): ReactNode {
  return (
    <Modal isOpen={question !== undefined} close={close} title={question?.title ?? ""}>
      {question === undefined ? null : (
        <Form client={client} live={live} question={question} close={close} done={done} />
      )}
    </Modal>
  );
}

function Form({ client, live, question, close, done }: ConfirmProps & { readonly question: Question }): ReactNode {
  const text = en.confirm;
  const id = useId();
  const [because, setBecause] = useState("");
  const [typed, setTyped] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const off = reasonOff({ isBusy, because, typed, question });
  const send = async (): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      done(await question.work(because.trim()));
    } catch (cause) {
      setFault(cause);
    } finally {
      setBusy(false);
    }
  };
  const isOver = fault instanceof SdkError && fault.problem?.status === 401;
  return (
    <>
      {question.about}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (off === undefined) void send();
        }}
      >
        {question.typed === undefined ? null : (
          <p className="field">
            <label htmlFor={`${id}-typed`}>
              {text.typed} <code>{question.typed}</code>
            </label>
            <input
              id={`${id}-typed`}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              spellCheck={false}
            />
          </p>
        )}
        <p className="field">
          <label htmlFor={`${id}-because`}>{text.because}</label>
          <input
            id={`${id}-because`}
            value={because}
            onChange={(event) => setBecause(event.target.value)}
            maxLength={BECAUSE_MAX_CHARS}
            autoComplete="off"
          />
        </p>
        {fault === undefined ? null : (
          <p className="problem" role="alert">
            {isOver ? text.sessionOver : faultText(fault)}
          </p>
        )}
        {isOver ? (
          <SignIn
            client={client}
            done={() => {
              setFault(undefined);
              live.resume();
            }}
          />
        ) : null}
        <div className="actions">
          <button type="button" className="large" onClick={close}>
            {text.cancel}
          </button>
          <span className="spring" />
          <button
            type="submit"
            className="primary large"
            aria-disabled={off !== undefined}
            aria-describedby={off === undefined ? undefined : `${id}-why`}
          >
            {isBusy ? text.busy : question.act}
          </button>
        </div>
        <p id={`${id}-why`} className="reason">
          {off}
        </p>
      </form>
    </>
  );
}

interface Filled {
  readonly isBusy: boolean;
  readonly because: string;
  readonly typed: string;
  readonly question: Question;
}

/** What is missing before it can be done. */
function reasonOff({ isBusy, because, typed, question }: Filled): string | undefined {
  if (isBusy) return en.confirm.busy;
  if (question.typed !== undefined && typed.trim() !== question.typed) return en.confirm.typeFirst;
  return because.trim() === "" ? en.confirm.becauseFirst : undefined;
}
