// SPDX-License-Identifier: Apache-2.0
// A person with a passkey in software who signed in by a one-use link, and a client of the control API in their name.
import type { Json } from "../../src/core/index.ts";
import { type Authenticator, authenticator } from "../../src/identify/testing/authenticator.ts";
import { type Client, createClient } from "../../src/sdk/index.ts";

export interface SignedIn {
  readonly client: Client;
  /** Answers what the server asks a browser for. */
  sign(options: unknown): object;
}

/** @param link - with its token in the fragment */
export async function signIn(link: string, name: string): Promise<SignedIn> {
  const { origin, hash } = new URL(link);
  const setup = hash.slice("#setup=".length);
  const key: Authenticator = authenticator(origin);
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${origin}/api/session/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const options = (await (await post("setup/options", { setup, name })).json()) as Json;
  const entered = await post("setup/passkey", { setup, name, jurisdiction: "FR", credential: key.create(options) });
  const cookie = (entered.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  if (entered.status !== 204) throw new Error(`${name} does not get in: ${await entered.text()}`);
  const withCookie: typeof fetch = (url, init) =>
    fetch(url, { ...init, headers: { ...(init?.headers as object), cookie } });
  return {
    client: createClient({ baseUrl: origin, fetch: (url, init) => withCookie(url, init) }),
    sign: (asked) => key.get(asked as Json),
  };
}
