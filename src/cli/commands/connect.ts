// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect SERVER`: a plain MCP server for the client that starts it, and a proven agent for the gate. Stdout is the
// client's; everything else goes to stderr. Loads no server of ours.
import { randomBytes } from "node:crypto";
import {
  AgentKey,
  ConnectError,
  type ConnectPorts,
  Gate,
  listen,
  readKeyFile,
  StdioClient,
} from "../../connect/index.ts";
import type { Args } from "../command.ts";
import { CliError, misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import { locator } from "../gate-place.ts";
import type { CliIo } from "../io.ts";
import { printable } from "../text.ts";

const PORT_MAX = 65_535;
/** Words that name a command, and so no server. */
const TAKEN = ["add", "list", "probe", "remove", "manifest", "pin"];

export async function run(args: Args, io: CliIo): Promise<number> {
  const [server = ""] = args.words;
  if (TAKEN.includes(server))
    throw misuse("CLI_ARGUMENTS", `connect ${server} needs more words`, "see bailiwick help connect");
  const ports = portsOf(io);
  const locate = locator(args, io);
  try {
    const { key, instance } = await identityOf(args, ports);
    const gate = new Gate(ports, { key, instance, server, locate });
    return args.switches.has("listen") ? await overHttp(args, io, gate) : await overStdio(io, ports, gate);
  } catch (cause) {
    if (!(cause instanceof ConnectError)) throw cause;
    const { code, message, fix = "run it again with --verbose" } = cause;
    throw new CliError(code, message, { fix, exit: EXIT.failed, cause });
  }
}

async function overStdio(io: CliIo, ports: ConnectPorts, gate: Gate): Promise<number> {
  const input = io.input();
  await new StdioClient(ports, gate, { input, write: io.outTaken }).run(io.stop());
  input.destroy(); // a pipe that is still open would keep the process
  return EXIT.done;
}

async function overHttp(args: Args, io: CliIo, gate: Gate): Promise<number> {
  const stop = io.stop();
  await using listening = await listen({ gate, random: { bytes: randomBytes }, port: portOf(args) }).catch(
    (cause: unknown) => {
      const fix = "leave --port out for a free one";
      throw new CliError("CLI_UNREADABLE", "the port is taken", { fix, exit: EXIT.failed, cause });
    },
  );
  io.out(`${listening.url}\n`);
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
  await gate.close(AbortSignal.timeout(1000)).catch(() => undefined); // the gate is away: its tokens end by themselves
  return EXIT.done;
}

interface Known {
  readonly key: AgentKey;
  readonly instance: string;
}

async function identityOf({ values }: Args, ports: ConnectPorts): Promise<Known> {
  const file = values.get("key");
  if (file === undefined) throw misuse("CLI_OPTION_VALUE", "it needs a key", "write --key FILE --instance ID");
  const found = await readKeyFile(file, process.getuid?.());
  if (found === undefined)
    throw misuse("CLI_OPTION_VALUE", `there is no key at ${file}`, "name the file of a private JWK");
  const instance = values.get("instance") ?? found.instance;
  if (instance === undefined)
    throw misuse("CLI_OPTION_VALUE", "the key does not say whose it is", "write --instance ID");
  return { key: await AgentKey.of(found.jwk, ports), instance };
}

function portsOf(io: CliIo): ConnectPorts {
  return {
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    random: { bytes: randomBytes },
    timers: {
      after(ms, work) {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
    },
    fetch: io.fetch,
    tell: (line) => io.err(`${printable(line)}\n`),
  };
}

function portOf({ values }: Args): number {
  const text = values.get("port") ?? "0";
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= PORT_MAX) return port;
  throw misuse("CLI_OPTION_VALUE", `--port ${text} is no port`, `give a number from 0 (any free one) to ${PORT_MAX}`);
}
