// SPDX-License-Identifier: Apache-2.0
// From here on requests are answered: what has a path of its own first, everything else by the router.
import type { FastifyInstance } from "fastify";
import type { Recorder } from "../core/index.ts";
import { announce } from "./address.ts";
import type { DirectPaths } from "./http/authzen.ts";
import type { Bound } from "./http/bind.ts";
import { processEntry } from "./process-entry.ts";

export interface Admitting {
  readonly app: FastifyInstance;
  readonly bound: Bound;
  readonly direct: DirectPaths;
  readonly record: Pick<Recorder, "append" | "note">;
  readonly dataDir: string;
  readonly publicUrl: string;
  /** Closes what was opened, last first. */
  readonly opened: AsyncDisposableStack;
}

export async function admit(ports: Admitting): Promise<void> {
  const { app, bound, direct, record, dataDir, publicUrl, opened } = ports;
  await app.ready();
  await record.append(processEntry("process.started", publicUrl));
  opened.defer(() => record.note(processEntry("process.stopped", publicUrl)));
  bound.serve((request, response) => {
    const { url = "" } = request;
    const handle = direct.get(url) ?? (direct.size > 0 && url.includes("?") ? direct.get(pathOf(url)) : undefined);
    if (handle === undefined) app.routing(request, response);
    else handle(request, response);
  });
  await announce(dataDir, publicUrl, opened);
  // closed first: no new request finds a room that is closing
  opened.defer(() => bound.close());
}

function pathOf(url: string): string {
  return url.slice(0, url.indexOf("?"));
}
