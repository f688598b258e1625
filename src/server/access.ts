// SPDX-License-Identifier: Apache-2.0
// Who asks the control API: the command line of this host, or somebody who signed in.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type IdentityId, quote } from "../core/index.ts";
import { type Browser, type Identify, type People, type Rights, readRights, type Session } from "../identify/index.ts";
import type { Config } from "./config.ts";
import { ServerError } from "./errors.ts";

/** The headers that show who asks. */
export interface Credentials {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
  readonly "user-agent"?: string | undefined;
  /** Set by a page at which nobody was for a while. */
  readonly "bailiwick-unattended"?: string | string[] | undefined;
}

/** Who asks, once it is known. `host` is whoever can read the data folder of this server. */
export type Asker = { readonly kind: "host" } | { readonly kind: "person"; readonly session: Session };

interface Known {
  readonly identify: Identify;
  /** The first person of the configuration. */
  readonly owner: IdentityId | undefined;
}

/** Who somebody is, and what that gives. @param root - the package @throws IdentifyError IDENTIFY_ROLES */
export async function roleTable(
  known: Known,
  config: Pick<Config, "identify">,
  root: string,
): Promise<{
  readonly rights: Rights;
  readonly whoIs: (request: { readonly headers: Credentials }) => IdentityId | undefined;
}> {
  return { rights: await readRoles(config, root), whoIs: ({ headers }) => whoIs(known, headers) };
}

async function readRoles({ identify }: Pick<Config, "identify">, root: string): Promise<Rights> {
  const file = identify.roles ?? path.join(root, "policies", "roles.yaml");
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ServerError("SERVER_CONFIG_INVALID", `reading ${quote(file)}: no table of roles is there`, { cause });
  });
  return readRights(identify.roles === undefined ? "policies/roles.yaml" : quote(file), text);
}

/** Who may ask, and how somebody becomes one of them. */
export interface Access {
  readonly people: People;
  /** Whether a link alone signs in (experience X6). */
  readonly demo: boolean;
  askerOf(given: Credentials): Asker | undefined;
  /** The same, asked by the server itself while it answers. */
  isStillKnown(given: Credentials): boolean;
}

export function accessTo(identify: Identify, demo: boolean): Access {
  return {
    people: identify.people,
    demo,
    askerOf: (given) => askerOf(identify, given),
    isStillKnown: (given) => isStillKnown(identify, given),
  };
}

/** Who shows these credentials; `undefined` where nobody does. */
function askerOf(identify: Identify, given: Credentials): Asker | undefined {
  const token = tokenOf(given);
  if (token !== undefined) return identify.checkCliToken(token) ? { kind: "host" } : undefined;
  const isAttended = given["bailiwick-unattended"] === undefined;
  const session = identify.people.session(given.cookie, browserOf(given), isAttended);
  return session === undefined ? undefined : { kind: "person", session };
}

/** It keeps no session alive. */
function isStillKnown(identify: Identify, given: Credentials): boolean {
  const token = tokenOf(given);
  if (token !== undefined) return identify.checkCliToken(token);
  return identify.people.session(given.cookie) !== undefined;
}

export function browserOf(given: Credentials): Browser {
  return { agent: given["user-agent"] };
}

function tokenOf({ authorization }: Credentials): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]+)$/.exec(authorization ?? "")?.[1];
}

/** The person of a session; the command line's token belongs to the owner of the host. */
export function whoIs({ identify, owner }: Known, given: Credentials): IdentityId | undefined {
  const asker = askerOf(identify, given);
  if (asker?.kind === "host") return owner ?? identify.people.holders("owner")[0];
  return asker?.session.person;
}
