// SPDX-License-Identifier: Apache-2.0
// Who is there: the setup link is redeemed, or the session of before is still open, or the page says how to get one.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { type Client, createClient, SdkError, type SessionView } from "../../../src/sdk/index.ts";
import { Frame } from "./frame.tsx";
import { type Live, startLive } from "./live.ts";
import { loadPreferences } from "./preferences.ts";
import { Screens } from "./screens.tsx";
import { SignedOut } from "./signed-out.tsx";

loadPreferences();
const client: Client = createClient({
  baseUrl: globalThis.location.origin,
  fetch: (...args) => globalThis.fetch(...args),
});

type Entry =
  | { readonly state: "asking" }
  | { readonly state: "in"; readonly session: SessionView; readonly live: Live; readonly cache: QueryClient }
  | { readonly state: "out"; readonly problem: SdkError | undefined };

/** @param props - `setup`: one-use token of a setup link */
export function App({ setup }: { readonly setup: string | undefined }): ReactNode {
  const [entry, setEntry] = useState<Entry>({ state: "asking" });
  useEffect(() => {
    enter(setup).then(setEntry, () => setEntry({ state: "out", problem: undefined }));
  }, [setup]);
  if (entry.state === "asking") return null;
  if (entry.state === "out") return <SignedOut problem={entry.problem} />;
  const { cache, live, session } = entry;
  return (
    <QueryClientProvider client={cache}>
      <Frame client={client} live={live}>
        <Screens client={client} live={live} session={session} />
      </Frame>
    </QueryClientProvider>
  );
}

/** Asked once for each page: a setup token is used up by the first try, whatever becomes of it. */
let entering: Promise<Entry> | undefined;

function enter(setup: string | undefined): Promise<Entry> {
  entering ??= signIn(setup);
  return entering;
}

async function signIn(setup: string | undefined): Promise<Entry> {
  try {
    const before = await client.session();
    if (setup !== undefined && !before.signedIn) await client.signIn(setup);
    const session = setup !== undefined && !before.signedIn ? await client.session() : before;
    if (!session.signedIn) return { state: "out", problem: undefined };
    const cache = new QueryClient({
      defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
    });
    return { state: "in", session, cache, live: startLive(client, cache) };
  } catch (cause) {
    if (cause instanceof SdkError) return { state: "out", problem: cause };
    throw cause;
  }
}
