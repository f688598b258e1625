// SPDX-License-Identifier: Apache-2.0
// What is around every screen: where one is, whether it is live, and the settings.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Client } from "../../../src/sdk/index.ts";
import { Instant } from "../parts/instant.tsx";
import { en } from "../text/en.ts";
import { KEYS } from "./keys.ts";
import { type Live, useLiveness, useServerNow } from "./live.ts";
import { Navigation } from "./navigation.tsx";
import { usePreferences } from "./preferences.ts";
import { Search } from "./search.tsx";
import { Settings } from "./settings.tsx";
import { SignIn } from "./sign-in.tsx";
import { SingleKeys } from "./single-keys.tsx";

interface FrameProps {
  readonly client: Client;
  readonly live: Live;
  readonly children: ReactNode;
}

export function Frame({ client, live, children }: FrameProps): ReactNode {
  const liveness = useLiveness(live);
  const now = useServerNow(live);
  const { zone } = usePreferences();
  const [isOpen, setOpen] = useState(false);
  const status = useQuery({ queryKey: KEYS.status, queryFn: () => client.status() });
  return (
    <>
      <a className="skip" href="#main">
        {en.frame.skip}
      </a>
      <header className="bar">
        <span className="brand">Bailiwick</span>
        {status.data?.demo === true ? <span className="tag">{en.frame.demo}</span> : null}
        <Navigation />
        <span className="spring" />
        <Search />
        <span className="liveness" data-state={liveness.state}>
          <span className="dot" aria-hidden="true" />
          {en.frame.liveness(liveness.state)}
        </span>
        <Instant at={now} zone={zone} className="clock" />
        <button type="button" className="quiet" onClick={() => setOpen(true)}>
          {en.settings.open}
        </button>
      </header>
      <div role="alert">
        {liveness.state === "stale" ? (
          <p className="banner">
            {liveness.since === undefined ? (
              en.frame.neverLive
            ) : (
              <>
                <strong>
                  {en.frame.notLiveSince} <Instant at={liveness.since} zone={zone} />.
                </strong>{" "}
                {en.frame.staleMeans}
              </>
            )}
          </p>
        ) : null}
        {liveness.state === "signed-out" ? (
          <div className="banner">
            <p>
              <strong>{en.frame.sessionOver}</strong> {en.frame.sessionOverMeans}
            </p>
            <SignIn client={client} done={live.resume} />
          </div>
        ) : null}
      </div>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Settings isOpen={isOpen} close={() => setOpen(false)} client={client} />
      <SingleKeys openSettings={() => setOpen(true)} />
    </>
  );
}
