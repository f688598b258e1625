// SPDX-License-Identifier: Apache-2.0
// The way in for whoever this server belongs to (identify I50, experience X6): a link that works once. In the demo it signs
// in; everywhere else it takes a passkey, and is made at the start only as long as nobody could sign in otherwise.
import type { IdentityId } from "../core/index.ts";
import type { People } from "../identify/index.ts";
import { isLoopback } from "./http/guard.ts";

interface Start {
  /** The first person of the configuration. */
  readonly owner: IdentityId | undefined;
  readonly publicUrl: string;
  readonly demo: boolean;
}

/** The address that a one-use token opens: in the fragment, which no server logs and no referrer carries. */
export function setupAddress(publicUrl: string): (token: string) => string {
  return (token) => `${publicUrl}/#setup=${token}`;
}

/** The link of this start; `undefined` where it needs none. */
export async function firstLink(people: People, { owner, publicUrl, demo }: Start): Promise<string | undefined> {
  const address = setupAddress(publicUrl);
  const terms = { roles: [], madeBy: "system" } as const;
  if (demo && owner !== undefined && isLoopback(new URL(publicUrl).hostname))
    return (await people.makeLink({ ...terms, kind: "sign-in", person: owner, first: false }, address)).link;
  if (people.hasOwner()) return undefined;
  if (owner !== undefined)
    return (await people.makeLink({ ...terms, kind: "enrol", person: owner, first: false }, address)).link;
  return (await people.makeLink({ ...terms, kind: "join", roles: ["owner"], first: true }, address)).link;
}
