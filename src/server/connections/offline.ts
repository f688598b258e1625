// SPDX-License-Identifier: Apache-2.0
// A server is written down where none of ours runs: the same files, and neither a pin nor an entry. It is seen for the first
// time when it is served.
import { access } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";
import { parseServerId, type ServerId } from "../../core/index.ts";
import { readEnvironment } from "../env.ts";
import { ServerError } from "../errors.ts";
import { transportOf } from "../upstreams.ts";
import { hasServer } from "./config-file.ts";
import { type ManifestDraft, probeAlone } from "./draft.ts";
import { checkConfigFile, draftFile, draftFor, serverMember, writeDraft, writeMember } from "./place.ts";
import { readWish, type ServerWish } from "./wish.ts";

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

/** What would be written. */
export interface PreviewedServer extends WrittenServer {
  /** The member of bailiwick.yaml, with the members around it. */
  readonly member: string;
  /** The manifest, whole. */
  readonly text: string;
}

/** @param given - a wish as the API takes it, and who is told what went wrong on the way @throws ServerError, EnforceError */
export async function addToFiles(given: {
  readonly cwd: string;
  readonly tell: (line: string) => void;
}): Promise<WrittenServer> {
  const { wish, id, file, tools, draft } = await asked(given);
  const { view, execute, unnamed } = draft;
  const written = await writeDraft(file, id, draft);
  await writeMember(file, wish, written.file);
  return { id, tools, view, execute, unnamed, manifest: written.file, kept: written.kept };
}

/** The same up to the writing. @throws ServerError, EnforceError */
export async function previewServer(given: Parameters<typeof addToFiles>[0]): Promise<PreviewedServer> {
  const { wish, id, file, tools, draft } = await asked(given);
  const manifest = draftFile(id);
  const member = stringify({ mcp: { servers: { [id]: { ...serverMember(wish), manifest } } } });
  const kept = await access(path.join(path.dirname(file), manifest)).then(
    () => true,
    () => false,
  );
  return { id, tools, ...draft, manifest, kept, member };
}

/** A server that could be added here, and what it says of its tools. */
async function asked({ tell, ...given }: Parameters<typeof addToFiles>[0]): Promise<{
  readonly wish: ServerWish;
  readonly id: ServerId;
  readonly file: string;
  readonly tools: number;
  readonly draft: ManifestDraft;
}> {
  const wish = readWish(given);
  const id = parseServerId(wish.id);
  const file = path.join(wish.cwd, "bailiwick.yaml");
  await checkConfigFile(file);
  if (await hasServer(file, id))
    throw new ServerError("SERVER_CONNECT_REFUSED", `adding ${id}: bailiwick.yaml has a server of that name`);
  const transport = transportOf(id, serverMember(wish), { cwd: wish.cwd, path: readEnvironment().path });
  const listed = await probeAlone({ id, transport, era: "auto" }, tell);
  return { wish, id, file, tools: listed.length, draft: draftFor(id, listed) };
}
