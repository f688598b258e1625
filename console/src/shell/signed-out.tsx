// SPDX-License-Identifier: Apache-2.0
// Nobody is signed in: what is true, and how to get in.
import { type ReactNode, useEffect } from "react";
import type { Client, SdkError } from "../../../src/sdk/index.ts";
import { en } from "../text/en.ts";
import { SignIn } from "./sign-in.tsx";

interface SignedOutProps {
  readonly client: Client;
  readonly problem: SdkError | undefined;
  /** Whether a first owner is still missing. */
  readonly isOpen: boolean;
  readonly done: () => void;
}

export function SignedOut({ client, problem, isOpen, done }: SignedOutProps): ReactNode {
  const text = en.signedOut;
  useEffect(() => {
    document.title = text.title;
  }, [text.title]);
  const isAway = problem?.code === "SDK_UNREACHABLE";
  return (
    <main className="alone">
      <p className="brand">Bailiwick</p>
      <h1>{isAway ? text.away : text.heading}</h1>
      {problem === undefined ? null : (
        <p className="problem" role="alert">
          {isAway ? text.awayWhy : (problem.problem?.title ?? problem.message)}{" "}
          {isAway ? null : problem.problem?.detail} <code>{problem.problem?.code ?? problem.code}</code>
        </p>
      )}
      {isAway ? null : isOpen ? (
        <ol>
          <li>{text.link}</li>
          <li>{text.again}</li>
        </ol>
      ) : (
        <>
          <SignIn client={client} done={done} />
          <p>{text.linkDemo}</p>
          <p>
            {text.lost} <code>npx bailiwick up owner</code>
          </p>
        </>
      )}
      <p>
        {text.command} <code>npx bailiwick status</code>
      </p>
    </main>
  );
}
