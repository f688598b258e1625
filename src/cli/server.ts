// SPDX-License-Identifier: Apache-2.0
// Finds the server of a data folder: it leaves its address and a token for this machine's owner there.
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { type Client, createClient, SdkError } from "../sdk/index.ts";
import type { Args } from "./command.ts";
import { CliError } from "./errors.ts";
import { EXIT } from "./exit.ts";
import type { CliIo } from "./io.ts";

const DATA = "data";

/** A client of the server whose data folder `--data` names. @throws CliError CLI_NOT_RUNNING, CLI_*_UNSAFE */
export function clientOf(args: Args, io: CliIo): Client {
  const { baseUrl, token } = accessOf(args, io);
  return createClient({ baseUrl, token, fetch: io.fetch });
}

/** Where that server is. @throws CliError CLI_NOT_RUNNING, CLI_*_UNSAFE */
export function addressOf(args: Args, io: CliIo): string {
  return accessOf(args, io).baseUrl;
}

function accessOf(args: Args, io: CliIo): { readonly baseUrl: string; readonly token: string } {
  const named = args.values.get("data") ?? DATA;
  const folder = path.resolve(io.cwd, named);
  const start = `start it with npx bailiwick up${named === DATA ? "" : ` --data ${named}`}, or name another folder with --data`;
  const read = (file: string): string => {
    try {
      return readFileSync(path.join(folder, file), "utf8").trim();
    } catch (cause) {
      const why = `no server is known in ${named}: cannot read ${path.join(named, file)}`;
      throw new CliError("CLI_NOT_RUNNING", why, { fix: start, exit: EXIT.unreachable, cause });
    }
  };
  const baseUrl = read("address");
  checkAddress(baseUrl, named);
  const token = read("cli-token");
  checkMode(path.join(folder, "cli-token"), path.join(named, "cli-token"));
  return { baseUrl, token };
}

/** What was asked for by a name, or that nothing has it. @throws CliError CLI_NOT_FOUND */
export async function found<T>(name: string, asked: Promise<T>): Promise<T> {
  return asked.catch((cause: unknown) => {
    if (!(cause instanceof SdkError) || cause.problem?.status !== 404) throw cause;
    const fix = "see what there is: npx bailiwick record tail";
    throw new CliError("CLI_NOT_FOUND", `the record has nothing under ${name}`, { fix, exit: EXIT.failed, cause });
  });
}

/** The token goes out in clear text to this machine only. @throws CliError CLI_ADDRESS_UNSAFE */
export function checkAddress(address: string, named: string): void {
  const url = URL.parse(address);
  const loopback = url !== null && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && loopback)) return;
  const fix = "start the server again with npx bailiwick up: it writes the file anew";
  const why = `the address in ${path.join(named, "address")} is neither https nor on this machine`;
  throw new CliError("CLI_ADDRESS_UNSAFE", why, { fix, exit: EXIT.failed });
}

/** Who can read the token can do what its owner can: a token that others may read is not used. */
function checkMode(file: string, named: string): void {
  const others = statSync(file).mode & 0o077;
  if (process.platform === "win32" || others === 0) return;
  const why = `others on this machine may read ${named}`;
  throw new CliError("CLI_TOKEN_UNSAFE", why, {
    fix: `chmod 600 ${named}, and start the server again`,
    exit: EXIT.failed,
  });
}
