// SPDX-License-Identifier: Apache-2.0
// A server is written down where none of ours runs: the same files, and neither a pin nor an entry. It is seen for the first
// time when it is served.
import path from "node:path";
import { parseServerId } from "../../core/index.ts";
import { readEnvironment } from "../env.ts";
import { ServerError } from "../errors.ts";
import { transportOf } from "../upstreams.ts";
import { hasServer } from "./config-file.ts";
import { probeAlone } from "./draft.ts";
import { checkConfigFile, draftFor, serverMember, writeDraft, writeMember } from "./place.ts";
import { readWish } from "./wish.ts";

/** What was written. */
export interface WrittenServer {
  readonly id: string;
  readonly tools: number;
  readonly view: number;
  readonly execute: number;
  readonly unnamed: readonly string[];
  readonly manifest: string;
  readonly kept: boolean;
}

/** @param given - a wish as the API takes it, and who is told what went wrong on the way @throws ServerError, EnforceError */
export async function addToFiles(given: {
  readonly cwd: string;
  readonly tell: (line: string) => void;
}): Promise<WrittenServer> {
  const { tell, ...asked } = given;
  const wish = readWish(asked);
  const id = parseServerId(wish.id);
  const file = path.join(wish.cwd, "bailiwick.yaml");
  await checkConfigFile(file);
  if (await hasServer(file, id))
    throw new ServerError("SERVER_CONNECT_REFUSED", `adding ${id}: bailiwick.yaml has a server of that name`);
  const transport = transportOf(id, serverMember(wish), { cwd: wish.cwd, path: readEnvironment().path });
  const listed = await probeAlone({ id, transport, era: "auto" }, tell);
  const { view, execute, unnamed, ...draft } = draftFor(id, listed);
  const written = await writeDraft(file, id, { view, execute, unnamed, ...draft });
  await writeMember(file, wish, written.file);
  return { id, tools: listed.length, view, execute, unnamed, manifest: written.file, kept: written.kept };
}
