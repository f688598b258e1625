// SPDX-License-Identifier: Apache-2.0
// Who is there: a one-use link is redeemed or takes a passkey, or the session of before is still open, or the page says how
// to get one.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { type Client, createClient, type LinkView, SdkError, type SessionView } from "../../../src/sdk/index.ts";
import { isUnattended } from "./attended.ts";
import { Frame } from "./frame.tsx";
import { Join } from "./join.tsx";
import { type Live, startLive } from "./live.ts";
import { loadPreferences } from "./preferences.ts";
import { Screens } from "./screens.tsx";
import { SignedOut } from "./signed-out.tsx";

loadPreferences();
const client: Client = createClient({
  baseUrl: globalThis.location.origin,
  fetch: (url, init) => globalThis.fetch(url, isUnattended() ? { ...init, headers: unattended(init) } : init),
});

type Entry =
  | { readonly state: "asking" }
  | { readonly state: "in"; readonly session: SessionView; readonly live: Live; readonly cache: QueryClient }
  | { readonly state: "join"; readonly setup: string; readonly link: LinkView }
  | { readonly state: "out"; readonly problem: SdkError | undefined; readonly isOpen: boolean };

/** What a page asks by itself while nobody is at it keeps no session alive. */
function unattended({ headers }: RequestInit): Headers {
  const all = new Headers(headers);
  all.set("bailiwick-unattended", "1");
  return all;
}

/** @param props - `setup`: one-use token of a setup link */
export function App({ setup }: { readonly setup: string | undefined }): ReactNode {
  const [entry, setEntry] = useState<Entry>({ state: "asking" });
  useEffect(() => {
    enter(setup).then(setEntry, () => setEntry({ state: "out", problem: undefined, isOpen: false }));
  }, [setup]);
  const done = (): void => void open(undefined).then(setEntry);
  if (entry.state === "asking") return null;
  if (entry.state === "join") return <Join client={client} setup={entry.setup} link={entry.link} done={done} />;
  if (entry.state === "out")
    return <SignedOut client={client} problem={entry.problem} isOpen={entry.isOpen} done={done} />;
  const { cache, live, session } = entry;
  return (
    <QueryClientProvider client={cache}>
      <Frame client={client} live={live}>
        <Screens client={client} live={live} session={session} />
      </Frame>
    </QueryClientProvider>
  );
}

/** Asked once for each page: a setup token may be used up by the first try, whatever becomes of it. */
let entering: Promise<Entry> | undefined;

function enter(setup: string | undefined): Promise<Entry> {
  entering ??= open(setup);
  return entering;
}

async function open(setup: string | undefined): Promise<Entry> {
  let isOpen = false;
  try {
    const before = await client.session();
    ({ isOpen } = before);
    const link = setup === undefined || before.signedIn ? undefined : await client.link(setup);
    if (setup !== undefined && link !== undefined && link.kind !== "sign-in") return { state: "join", setup, link };
    if (setup !== undefined && link !== undefined) await client.signIn(setup);
    const session = link === undefined ? before : await client.session();
    if (!session.signedIn) return { state: "out", problem: undefined, isOpen };
    const cache = new QueryClient({
      defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
    });
    return { state: "in", session, cache, live: startLive(client, cache) };
  } catch (cause) {
    if (cause instanceof SdkError) return { state: "out", problem: cause, isOpen };
    throw cause;
  }
}
