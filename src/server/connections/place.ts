// SPDX-License-Identifier: Apache-2.0
// Where a new server is written down: its manifest beside the configuration, and one member in the configuration itself.
import { access, mkdir, realpath, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseServerId, quote } from "../../core/index.ts";
import type { McpServerConfig } from "../../enforce/index.ts";
import { ServerError } from "../errors.ts";
import { type ServerMember, writeServer } from "./config-file.ts";
import { draftOf, type ManifestDraft } from "./draft.ts";
import type { ServerWish } from "./wish.ts";

/** Folder of drafted manifests, beside the configuration. */
const MANIFESTS = "manifests";

/** The manifest of a new server, as a file that somebody reads. */
export interface WrittenManifest {
  /** Relative to the folder of the configuration, with slashes. */
  readonly file: string;
  /** True where the file was there before: then it stays as it is. */
  readonly kept: boolean;
}

/** Where the manifest of a new server is put, relative to the folder of the configuration. */
export function draftFile(id: string): string {
  return `./${MANIFESTS}/${id}.yaml`;
}

/** Puts a draft into `manifests/`, unless a file of that name is there: nothing that somebody wrote is overwritten. */
export async function writeDraft(configFile: string, id: string, draft: ManifestDraft): Promise<WrittenManifest> {
  const folder = path.join(path.dirname(configFile), MANIFESTS);
  await mkdir(folder, { recursive: true });
  const file = draftFile(id);
  try {
    await writeFile(path.join(folder, `${id}.yaml`), draft.text, { flag: "wx" });
    return { file, kept: false };
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return { file, kept: true };
    throw new ServerError("SERVER_CONNECT_REFUSED", `adding ${id}: ${quote(file)} cannot be written`, { cause });
  }
}

/** @returns the server as the configuration says it from now on @throws ServerError */
export async function writeMember(configFile: string, wish: ServerWish, manifest: string): Promise<McpServerConfig> {
  return writeServer(configFile, wish.id, { ...serverMember(wish), manifest });
}

/** What the configuration says of a new server, without its manifest. */
export function serverMember(wish: ServerWish): Omit<ServerMember, "manifest"> {
  const { command, url, isPrivate, operator, jurisdiction, destination, folder } = wish;
  return {
    ...(command === undefined ? {} : { command }),
    ...(url === undefined ? {} : { url }),
    ...(isPrivate === true ? { allow: { redirects: 0, private: true } } : {}),
    operator,
    jurisdiction,
    destination,
    ...(folder === undefined ? {} : { folder }),
  };
}

/** What is relative in a command means another thing in another folder. @throws ServerError SERVER_CONNECT_REFUSED */
export async function checkFolder(configFile: string, { id, cwd }: ServerWish): Promise<void> {
  const folder = path.dirname(configFile);
  const [here, there] = await Promise.all([realpath(folder), realpath(cwd).catch(() => undefined)]);
  if (here === there) return;
  throw new ServerError("SERVER_CONNECT_REFUSED", `adding ${id}: its program would be started in ${quote(here)}`, {
    fix: `cd ${here}, and say it again there`,
  });
}

/** @throws ServerError SERVER_CONFIG_MISSING */
export async function checkConfigFile(configFile: string): Promise<void> {
  await access(configFile).catch((cause: unknown) => {
    throw new ServerError("SERVER_CONFIG_MISSING", `reading ${quote(configFile)}`, {
      cause,
      fix: "npx bailiwick up writes a first one in an empty folder",
    });
  });
}

/** A draft of what a server lists. */
export function draftFor(id: string, listed: Parameters<typeof draftOf>[1]): ManifestDraft {
  return draftOf(parseServerId(id), listed);
}
