// SPDX-License-Identifier: Apache-2.0
// What somebody asks to put behind the gate, read strictly: it names a program that this host will start.
import { z } from "zod";
import { JURISDICTION } from "../../core/index.ts";
import { ServerError } from "../errors.ts";

/** Words that follow `connect`: a server of that name could never be connected to (experience X12). */
export const CONNECT_WORDS: readonly string[] = ["add", "list", "probe", "remove", "manifest", "pin"];

/** A server that is to be added. */
export interface ServerWish {
  readonly id: string;
  /** Program and arguments; started without a shell, in the folder of the configuration. */
  readonly command?: readonly string[] | undefined;
  /** Its MCP endpoint, in place of a command. */
  readonly url?: string | undefined;
  /** The URL may lead to this host or a private network. */
  readonly isPrivate?: boolean | undefined;
  /** Folder that whoever asks is in: what is relative in the command was meant from there. */
  readonly cwd: string;
  /** Who runs it. */
  readonly operator: string;
  /** Whose law it is under. */
  readonly jurisdiction: string;
  readonly destination: "internal" | "partner" | "external";
  /** The folder that its path arguments name files in. */
  readonly folder?: string | undefined;
}

/** What stands where nobody said: no rule knows this operator, and no law of transfers knows this place. */
export const UNSAID = { operator: "unknown", jurisdiction: "ZZ", destination: "external" } as const;

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const WORD_MAX = 4096;

const wish: z.ZodType<ServerWish> = z.strictObject({
  id: z.string().regex(ID, "is [a-z0-9][a-z0-9._-]{0,63}"),
  command: z.array(z.string().min(1).max(WORD_MAX)).min(1).max(256).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(WORD_MAX)
    .optional(),
  isPrivate: z.boolean().optional(),
  cwd: z.string().min(1).max(WORD_MAX),
  operator: z.string().min(1).max(128).default(UNSAID.operator),
  jurisdiction: z.string().regex(JURISDICTION).default(UNSAID.jurisdiction),
  destination: z.enum(["internal", "partner", "external"]).default(UNSAID.destination),
  folder: z.string().min(1).max(WORD_MAX).optional(),
});

/** @throws ServerError SERVER_CONNECT_REFUSED naming the member */
export function readWish(given: unknown): ServerWish {
  const read = wish.safeParse(given);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw refused(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
  }
  const { id, command, url } = read.data;
  if ((command === undefined) === (url === undefined)) throw refused("it needs a program or a URL, and not both");
  if (CONNECT_WORDS.includes(id)) {
    throw refused(`\`connect ${id}\` means something already`, `choose another name, such as ${id}-server`);
  }
  return read.data;
}

function refused(why: string, fix = "see npx bailiwick connect add --help"): ServerError {
  return new ServerError("SERVER_CONNECT_REFUSED", `adding a server: ${why}`, { fix });
}
