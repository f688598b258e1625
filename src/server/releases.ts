// SPDX-License-Identifier: Apache-2.0
// Which of the configured servers begin observed, and what became of that since.
import { parseServerId } from "../core/index.ts";
import { openReleases, type Releases } from "../decide/index.ts";
import type { Config } from "./config.ts";

/** @throws StoreError, RecordError where what is in force cannot be read or written down */
export async function openServerReleases(
  ports: Parameters<typeof openReleases>[0],
  { mcp }: Pick<Config, "mcp">,
): Promise<Releases> {
  const releases = await openReleases(ports);
  for (const [id, { mode = mcp.mode }] of Object.entries(mcp.servers)) await releases.admit(parseServerId(id), mode);
  return releases;
}
