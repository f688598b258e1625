// SPDX-License-Identifier: Apache-2.0
// Which of the configured servers begin observed, and what became of that since.
import { type EntrySource, type IdentityId, parseServerId } from "../core/index.ts";
import { openReleases, type Releases } from "../decide/index.ts";
import type { Identify } from "../identify/index.ts";
import { whoIs } from "./access.ts";
import type { Config } from "./config.ts";
import type { ObservePorts } from "./http/observe.ts";

/** @throws StoreError, RecordError where what is in force cannot be read or written down */
export async function openServerReleases(
  ports: Parameters<typeof openReleases>[0],
  { mcp }: Pick<Config, "mcp">,
): Promise<Releases> {
  const releases = await openReleases(ports);
  for (const [id, { mode = mcp.mode }] of Object.entries(mcp.servers)) await releases.admit(parseServerId(id), mode);
  return releases;
}

/** What the routes about observing need of the other rooms. */
export function observePorts(rooms: {
  readonly record: EntrySource;
  readonly releases: Releases;
  readonly identify: Identify;
  readonly owner: IdentityId | undefined;
}): ObservePorts {
  const { record, releases } = rooms;
  return { entries: record, releases, whoIs: ({ headers }) => whoIs(rooms, headers) };
}
