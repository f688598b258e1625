// SPDX-License-Identifier: Apache-2.0
// `bailiwick up`: says that it starts, then loads the server, which takes most of the first second.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { VERSION } from "../version.ts";

const PORT_MAX = 65_535;

export async function run(args: Args, io: CliIo): Promise<number> {
  const options = upOptions(args, io.cwd);
  if (!options.json) io.err(`bailiwick ${VERSION}${options.demo ? " demo" : ""} · starting\n`);
  const { out, err, color, columns } = io;
  const signal = io.stop();
  const { runUp } = await import("../../server/index.ts");
  const code = await runUp(options, { out, err, color, columns, signal, version: VERSION });
  return signal.reason === "SIGINT" ? EXIT.interrupted : code;
}

interface UpOptions {
  readonly demo: boolean;
  readonly data?: string;
  readonly port?: number;
  readonly config?: string;
  readonly once: boolean;
  readonly json: boolean;
  /** Whether keys may be read. */
  readonly input: boolean;
  readonly cwd: string;
}

/** @throws CliError CLI_OPTION_VALUE */
export function upOptions({ switches, values }: Args, cwd: string): UpOptions {
  const [data, config, port] = [values.get("data"), values.get("config"), portOf(values.get("port"))];
  return {
    demo: switches.has("demo"),
    ...(data === undefined ? {} : { data }),
    ...(port === undefined ? {} : { port }),
    ...(config === undefined ? {} : { config }),
    once: switches.has("once"),
    json: switches.has("json"),
    input: !switches.has("no-input"),
    cwd,
  };
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= PORT_MAX) return port;
  throw misuse("CLI_OPTION_VALUE", `--port ${text} is no port`, `give a number from 0 (any free one) to ${PORT_MAX}`);
}
