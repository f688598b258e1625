// SPDX-License-Identifier: Apache-2.0
// What is held and who is erased, and a second person's yes to what would be gone: a signature by passkey.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Client, ErasureView, HoldView } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { signWithPasskey } from "../../shell/passkey.ts";
import { faultText } from "../../shell/sign-in.tsx";
import { keeping as text } from "../../text/en-keeping.ts";

interface Kept {
  readonly holds: readonly HoldView[];
  readonly erasures: readonly ErasureView[];
}

export function Keeping({ client }: { readonly client: Client }): ReactNode {
  const kept = useQuery({
    queryKey: ["keeping"],
    queryFn: async (): Promise<Kept> => ({
      holds: await client.keeping.holds(),
      erasures: await client.keeping.erasures(),
    }),
  });
  return (
    <Panel title={text.title}>
      <p className="note">{text.how}</p>
      <Loaded query={kept}>
        {(both) => <Lists kept={both} client={client} changed={() => void kept.refetch()} />}
      </Loaded>
    </Panel>
  );
}

interface ListProps {
  readonly kept: Kept;
  readonly client: Client;
  readonly changed: () => void;
}

function Lists({ kept, client, changed }: ListProps): ReactNode {
  const holds = kept.holds.filter(({ state }) => state === "in force" || state === "lift asked");
  const erasures = kept.erasures.filter(({ state }) => state !== "withdrawn");
  if (holds.length + erasures.length === 0) return <p>{text.nothing}</p>;
  return (
    <>
      {holds.length === 0 ? null : (
        <>
          <h3>{text.holds}</h3>
          <ul>
            {holds.map((hold) => (
              <Hold key={hold.id} hold={hold} client={client} changed={changed} />
            ))}
          </ul>
        </>
      )}
      {erasures.length === 0 ? null : (
        <>
          <h3>{text.erasures}</h3>
          <ul>
            {erasures.map((erasure) => (
              <Erasure key={erasure.id} erasure={erasure} client={client} changed={changed} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

interface HoldProps extends Omit<ListProps, "kept"> {
  readonly hold: HoldView;
}

function Hold({ hold, client, changed }: HoldProps): ReactNode {
  const { id, person, from = "", to = "", reason, by, lifting } = hold;
  return (
    <li>
      <Foreign text={text.hold(person ?? text.everybody, reason, by)} />
      {from + to === "" ? null : <p>{text.between(from.slice(0, 10), to.slice(0, 10))}</p>}
      {lifting === undefined ? null : (
        <>
          <p>
            <Foreign text={text.wantsLift(lifting.by, lifting.because)} />
          </p>
          <Agree client={client} kind="holds" id={id} changed={changed} />
        </>
      )}
    </li>
  );
}

interface ErasureProps extends Omit<ListProps, "kept"> {
  readonly erasure: ErasureView;
}

function Erasure({ erasure, client, changed }: ErasureProps): ReactNode {
  const { id, person, because, by, state, until } = erasure;
  return (
    <li>
      <Foreign text={text.erase(person, because, by)} /> {state}
      {state !== "pending backups" || until === undefined ? null : <p>{text.backups(until.slice(0, 10))}</p>}
      {state !== "requested" ? null : (
        <>
          <p>{text.means}</p>
          <Agree client={client} kind="erasures" id={id} changed={changed} />
        </>
      )}
    </li>
  );
}

interface AgreeProps {
  readonly client: Client;
  readonly kind: "holds" | "erasures";
  readonly id: string;
  readonly changed: () => void;
}

function Agree({ client, kind, id, changed }: AgreeProps): ReactNode {
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const sign = async (): Promise<string> => {
    const { terms, options } = await client.keeping.terms(kind, id);
    await client.keeping.agree(kind, id, terms, options === undefined ? undefined : await signWithPasskey(options));
    changed();
    return text.done;
  };
  return (
    <p className="actions">
      <button
        type="button"
        className="primary"
        disabled={isBusy}
        onClick={() => {
          setBusy(true);
          void sign()
            .catch(faultText)
            .then(setSaid)
            .finally(() => setBusy(false));
        }}
      >
        {isBusy ? text.signing : text.sign}
      </button>{" "}
      <span role="status">{said}</span>
    </p>
  );
}
