// SPDX-License-Identifier: Apache-2.0
// Nobody is signed in: what is true, and how to get in.
import { type ReactNode, useEffect } from "react";
import type { SdkError } from "../../../src/sdk/index.ts";
import { en } from "../text/en.ts";

export function SignedOut({ problem }: { readonly problem: SdkError | undefined }): ReactNode {
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
          <code>{problem.problem?.code ?? problem.code}</code>
        </p>
      )}
      {isAway ? null : (
        <ol>
          <li>{text.link}</li>
          <li>{text.again}</li>
        </ol>
      )}
      <p>
        {text.command} <code>npx bailiwick status</code>
      </p>
    </main>
  );
}
