// SPDX-License-Identifier: Apache-2.0
// The one button that signs in. It stands on the page for who is not signed in, and over a page whose session ended.
import { type ReactNode, useState } from "react";
import { type Client, SdkError } from "../../../src/sdk/index.ts";
import { en } from "../text/en.ts";
import { PasskeyFault, signWithPasskey } from "./passkey.ts";

interface SignInProps {
  readonly client: Client;
  readonly done: () => void;
}

export function SignIn({ client, done }: SignInProps): ReactNode {
  const [state, setState] = useState<"idle" | "busy">("idle");
  const [fault, setFault] = useState<string>();
  const signIn = async (): Promise<void> => {
    setState("busy");
    setFault(undefined);
    try {
      await client.signInWith(await signWithPasskey(await client.signInOptions()));
      done();
    } catch (cause) {
      setFault(faultText(cause));
    } finally {
      setState("idle");
    }
  };
  return (
    <>
      <p className="actions">
        <button type="button" className="primary large" aria-disabled={state === "busy"} onClick={() => void signIn()}>
          {state === "busy" ? en.signedOut.signing : en.signedOut.signIn}
        </button>
      </p>
      <p role="alert" className={fault === undefined ? "" : "problem"}>
        {fault}
      </p>
    </>
  );
}

/** What a person is told of a passkey or an answer that did not come about. */
export function faultText(cause: unknown): string {
  if (cause instanceof PasskeyFault) return en.passkey[cause.why];
  if (!(cause instanceof SdkError)) return String(cause);
  const { problem } = cause;
  return problem === undefined
    ? cause.message
    : [problem.title, problem.detail, problem.fix].filter((part) => part !== undefined).join(" ");
}
