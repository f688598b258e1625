// SPDX-License-Identifier: Apache-2.0
// The form that releases a set: to whom, how much of them, in which mode, and until when.
import { type ReactNode, type SubmitEvent, useId, useState } from "react";
import type { Client } from "../../../../src/sdk/index.ts";
import { faultText } from "../../shell/sign-in.tsx";
import { policies as text } from "../../text/en-policies.ts";
import { type WishText, whomOf, wishOf } from "./words.ts";

interface RolloutProps {
  readonly client: Client;
  readonly digest: string;
  readonly tell: (said: string) => void;
}

const FIRST: WishText = { mode: "enforce", scope: "", percent: "10", days: "", because: "" };

export function Rollout({ client, digest, tell }: RolloutProps): ReactNode {
  const [wish, setWish] = useState<WishText>(FIRST);
  const [fault, setFault] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const ids = { scope: useId(), percent: useId(), days: useId(), because: useId() };
  const set = (change: Partial<WishText>): void => setWish({ ...wish, ...change });
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setFault(undefined);
    await client.policies
      .rollout(wishOf(digest, wish, Date.now()))
      .then((release) => tell(text.rolledOut(whomOf(release))))
      .catch((cause: unknown) => setFault(faultText(cause)))
      .finally(() => setBusy(false));
  };
  return (
    <form className="rollout" onSubmit={(event) => void submit(event)}>
      <fieldset>
        <legend>{text.mode}</legend>
        {text.modes.map(([mode, means]) => (
          <label key={mode} className="choice">
            <input type="radio" name="mode" checked={wish.mode === mode} onChange={() => set({ mode })} />
            <span>
              {mode}: {means}
            </span>
          </label>
        ))}
      </fieldset>
      <label htmlFor={ids.scope}>{text.scope}</label>
      <textarea id={ids.scope} rows={2} value={wish.scope} onChange={({ target }) => set({ scope: target.value })} />
      <label htmlFor={ids.percent}>{text.percent}</label>
      <input
        id={ids.percent}
        type="number"
        min={1}
        max={100}
        required
        value={wish.percent}
        onChange={({ target }) => set({ percent: target.value })}
      />
      <label htmlFor={ids.days}>{text.days}</label>
      <input
        id={ids.days}
        type="number"
        min={1}
        max={365}
        value={wish.days}
        onChange={({ target }) => set({ days: target.value })}
      />
      <label htmlFor={ids.because}>{text.why}</label>
      <input
        id={ids.because}
        value={wish.because}
        maxLength={200}
        required
        pattern=".*\S.*"
        autoComplete="off"
        onChange={({ target }) => set({ because: target.value })}
      />
      <p className="actions">
        <button type="submit" className="primary large">
          {isBusy ? text.busy : text.go}
        </button>
      </p>
      <p role="alert" className={fault === undefined ? "" : "problem"}>
        {fault}
      </p>
    </form>
  );
}
