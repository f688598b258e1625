// SPDX-License-Identifier: Apache-2.0
// Whoever holds a one-use link gets a passkey: the first owner, somebody who was invited, or a person of the configuration.
import { type ReactNode, type SubmitEvent, useEffect, useId, useState } from "react";
import type { Client, LinkView } from "../../../src/sdk/index.ts";
import { Instant } from "../parts/instant.tsx";
import { en } from "../text/en.ts";
import { createPasskey } from "./passkey.ts";
import { usePreferences } from "./preferences.ts";
import { faultText } from "./sign-in.tsx";

interface JoinProps {
  readonly client: Client;
  readonly setup: string;
  readonly link: LinkView;
  readonly done: () => void;
}

/** UNIT: characters. */
const NAME_MAX_CHARS = 120;

export function Join({ client, setup, link, done }: JoinProps): ReactNode {
  const [name, setName] = useState("");
  const [country, setCountry] = useState(countryOf(navigator.language));
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const { zone } = usePreferences();
  const ids = { name: useId(), note: useId(), country: useId() };
  const isNew = link.kind === "join";
  const title = titleOf(link);
  useEffect(() => {
    document.title = `${title} · Bailiwick`;
  }, [title]);
  const make = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    try {
      const about = { name: name.trim(), jurisdiction: country.toUpperCase() };
      const credential = await createPasskey(await client.passkeyOptions(setup, about.name || "Bailiwick"));
      await client.enrol(setup, about, credential);
      done();
    } catch (cause) {
      setFault(faultText(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="alone">
      <p className="brand">Bailiwick</p>
      <h1>{title}</h1>
      <p>{en.join.means}</p>
      {link.roles.length === 0 ? null : <p>{en.join.roles(link.roles)}</p>}
      <form onSubmit={(event) => void make(event)}>
        {isNew ? (
          <>
            <label htmlFor={ids.name}>{en.join.name}</label>
            <input
              id={ids.name}
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={NAME_MAX_CHARS}
              autoComplete="name"
              aria-describedby={ids.note}
              required
              pattern=".*\S.*"
            />
            <p id={ids.note} className="note">
              {en.join.nameNote}
            </p>
            <label htmlFor={ids.country}>{en.join.country}</label>
            <input
              id={ids.country}
              value={country}
              onChange={(event) => setCountry(event.target.value)}
              maxLength={2}
              autoComplete="country"
              required
              pattern="[A-Za-z]{2}"
            />
          </>
        ) : null}
        <p className="actions">
          <button type="submit" className="primary large" aria-disabled={isBusy}>
            {isBusy ? en.join.making : en.join.make}
          </button>
        </p>
        <p role="alert" className={fault === undefined ? "" : "problem"}>
          {fault}
        </p>
      </form>
      <p className="note">
        {en.join.late} <Instant at={Date.parse(link.expires)} zone={zone} />.
      </p>
    </main>
  );
}

function titleOf({ kind, roles }: LinkView): string {
  if (kind === "enrol") return en.join.titleEnrol;
  return roles.includes("owner") ? en.join.titleOwner : en.join.title;
}

/** The country of a language tag, as a first guess that a person can change. */
function countryOf(language: string): string {
  return new Intl.Locale(language).region ?? "";
}
