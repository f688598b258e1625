// SPDX-License-Identifier: Apache-2.0
// Who asks the control API: the command line of this host, or somebody who signed in.
import type { IdentityId } from "../core/index.ts";
import type { Identify } from "../identify/index.ts";

export interface Credentials {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
}

/** True for the command line's token or a live session. */
export function isKnown(identify: Identify, given: Credentials): boolean {
  if (tokenOf(given) !== undefined) return isCliToken(identify, given);
  return identify.people.session(given.cookie) !== undefined;
}

function isCliToken(identify: Identify, given: Credentials): boolean {
  const token = tokenOf(given);
  return token !== undefined && identify.checkCliToken(token);
}

function tokenOf({ authorization }: Credentials): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]+)$/.exec(authorization ?? "")?.[1];
}

/** The person of a session; the command line's token belongs to the owner of the host. */
export function whoIs(
  { identify, owner }: { readonly identify: Identify; readonly owner: IdentityId | undefined },
  given: Credentials,
): IdentityId | undefined {
  return isCliToken(identify, given) ? owner : identify.people.session(given.cookie)?.person;
}

/** Uses up a setup link. */
export async function redeem(identify: Identify, setup: string): Promise<{ readonly setCookie: string } | undefined> {
  const opened = await identify.people.openSession(setup);
  return "refused" in opened ? undefined : { setCookie: opened.setCookie };
}
