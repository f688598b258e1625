// SPDX-License-Identifier: Apache-2.0
// A program waits: who says that it is it, with which key, and what it may do. The person who confirms it signs all of that.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { type PairingView, SdkError } from "../../../../src/sdk/index.ts";
import { Instant } from "../../parts/instant.tsx";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { Heading } from "../../shell/heading.tsx";
import { signWithPasskey } from "../../shell/passkey.ts";
import { usePreferences } from "../../shell/preferences.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { faultText } from "../../shell/sign-in.tsx";
import { pair } from "../../text/en-pair.ts";
import { MandateFields, readWish, type WishText } from "./mandate-fields.tsx";
import "./pair.css";

export function Pair({ client, parts: [ref = ""] }: ScreenProps): ReactNode {
  const query = useQuery({
    queryKey: ["pairings", ref],
    queryFn: () =>
      client.pairing(ref).catch((cause: unknown) => {
        if (cause instanceof SdkError && cause.problem?.status === 404) return null;
        throw cause;
      }),
  });
  return (
    <Loaded query={query}>
      {(found) =>
        found === null ? (
          <>
            <Heading title={pair.title}>{pair.gone}</Heading>
            <p>{pair.goneMeans}</p>
          </>
        ) : (
          <Question pairing={found} client={client} />
        )
      }
    </Loaded>
  );
}

type QuestionProps = Pick<ScreenProps, "client"> & { readonly pairing: PairingView };

function Question({ pairing, client }: QuestionProps): ReactNode {
  const [state, setState] = useState(pairing.state);
  if (state === "confirmed") return <Heading title={pair.title}>{pair.confirmed}</Heading>;
  if (state === "refused") return <Heading title={pair.title}>{pair.refused}</Heading>;
  return (
    <>
      <Heading title={pair.title}>{pair.heading(pairing.user, pairing.host)}</Heading>
      {pairing.remote ? (
        <p className="problem" role="note">
          {pair.remote}
        </p>
      ) : null}
      <Program pairing={pairing} />
      <Decide pairing={pairing} client={client} decided={setState} />
    </>
  );
}

function Program({ pairing }: { readonly pairing: PairingView }): ReactNode {
  const { zone } = usePreferences();
  const { user, host, fingerprint, blueprint, server, expires } = pairing;
  const rows = [
    [pair.user, user],
    [pair.host, host],
    [pair.kind, blueprint],
    [pair.server, server],
  ] as const;
  return (
    <Panel title={pair.program}>
      <dl className="program">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>{pair.key}</dt>
          <dd>
            <code>{fingerprint}</code>
          </dd>
        </div>
        <div>
          <dt>{pair.until}</dt>
          <dd>
            <Instant at={Date.parse(expires)} zone={zone} />
          </dd>
        </div>
      </dl>
      <p className="note">{pair.unproven}</p>
    </Panel>
  );
}

function Decide({
  pairing,
  client,
  decided,
}: QuestionProps & { readonly decided: (state: string) => void }): ReactNode {
  const [wish, setWish] = useState<WishText>(() => first(pairing));
  const [because, setBecause] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const act = async (work: () => Promise<string>): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setFault(undefined);
    try {
      decided(await work());
    } catch (cause) {
      setFault(faultText(cause));
    } finally {
      setBusy(false);
    }
  };
  const confirm = async (): Promise<string> => {
    const mandate = readWish(wish);
    const { digest, options } = await client.pairingTerms(pairing.ref, mandate);
    const credential = options === undefined ? {} : { credential: await signWithPasskey(options) };
    await client.confirmPairing(pairing.ref, mandate, { digest, ...credential });
    return "confirmed";
  };
  const refuse = async (): Promise<string> => (await client.refusePairing(pairing.ref, because)).state;
  const submit = (event: SubmitEvent, work: () => Promise<string>): void => {
    event.preventDefault();
    void act(work);
  };
  return (
    <Panel title={pair.may}>
      <form onSubmit={(event) => submit(event, confirm)}>
        <MandateFields wish={wish} change={setWish} />
        <p className="note">{pair.responsible}</p>
        <p className="actions">
          <button type="submit" className="primary large" aria-disabled={isBusy}>
            {isBusy ? pair.busy : pair.confirm}
          </button>
        </p>
      </form>
      <form className="refuse-program" onSubmit={(event) => submit(event, refuse)}>
        <label htmlFor="pair-because">{pair.because}</label>
        <input
          id="pair-because"
          value={because}
          onChange={(event) => setBecause(event.target.value)}
          maxLength={200}
          required
          pattern=".*\S.*"
        />
        <button type="submit" aria-disabled={isBusy}>
          {pair.refuse}
        </button>
      </form>
      <p role="alert" className={fault === undefined ? "" : "problem"}>
        {fault}
      </p>
    </Panel>
  );
}

/** Little, for a day's work: a person widens it, nobody else. */
function first({ server, blueprint }: PairingView): WishText {
  return {
    request: "",
    verbs: ["view"],
    locations: server,
    labelMax: "internal",
    jurisdictions: countryOf(navigator.language),
    purpose: blueprint.replaceAll(/[^a-z0-9._-]/g, "-"),
    hours: "8",
  };
}

/** The country of a language tag, as a first guess that a person can change. */
function countryOf(language: string): string {
  return new Intl.Locale(language).region ?? "";
}
