// SPDX-License-Identifier: Apache-2.0
// A second person's yes to a set or a release: a signature by passkey under the digest of all that was shown.
import { type ReactNode, useState } from "react";
import type { Client } from "../../../../src/sdk/index.ts";
import { Act } from "../../parts/act.tsx";
import { signWithPasskey } from "../../shell/passkey.ts";
import { faultText } from "../../shell/sign-in.tsx";
import { policies as text } from "../../text/en-policies.ts";

interface SignProps {
  readonly client: Client;
  readonly what: "sets" | "releases";
  readonly id: string;
  /** What was shown; the server refuses another one. Left out where it is asked for with the signature. */
  readonly terms?: string;
  /** Why whoever looks may not agree; empty where they may. */
  readonly barred: string;
  readonly tell: (said: string) => void;
  readonly said: string;
}

export function Sign({ client, what, id, terms, barred, tell, said }: SignProps): ReactNode {
  const [isBusy, setBusy] = useState(false);
  const sign = async (): Promise<string> => {
    const asked = await client.policies.approvalTerms(what, id);
    const credential = asked.options === undefined ? undefined : await signWithPasskey(asked.options);
    await client.policies.approve(what, id, terms ?? asked.terms, credential);
    return said;
  };
  const why = isBusy ? text.signing : barred;
  return (
    <div className="actions">
      <Act
        name="approve"
        isPrimary
        label={isBusy ? text.signing : text.sign}
        offBecause={why === "" ? undefined : "sign-off"}
        onAct={() => {
          setBusy(true);
          void sign()
            .catch(faultText)
            .then(tell)
            .finally(() => setBusy(false));
        }}
      />
      <p id="sign-off" className="reason">
        {why}
      </p>
    </div>
  );
}
