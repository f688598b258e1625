// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect SERVER`: a plain MCP server for the client that starts it, and a proven agent for the gate. Stdout is the
// client's; everything else goes to stderr. Loads no server of ours.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir, hostname, userInfo } from "node:os";
import path from "node:path";
import {
  AgentKey,
  ConnectError,
  type ConnectPorts,
  Gate,
  keptKey,
  listen,
  makeKey,
  type Program,
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
    const gate = new Gate(ports, { ...(await identityOf(args, ports, locate)), server, locate });
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
  /** Whose it is, or what becomes an instance at the gate. */
  readonly instance: string | Program;
}

async function identityOf(
  { values, switches, words }: Args,
  ports: ConnectPorts,
  locate: () => string,
): Promise<Known> {
  const [server = ""] = words;
  const named = values.get("key");
  if (named !== undefined) {
    const found = await readKeyFile(named, process.getuid?.());
    if (found === undefined)
      throw misuse("CLI_OPTION_VALUE", `there is no key at ${named}`, "name the file of a private JWK");
    const instance = values.get("instance") ?? found.instance;
    return { key: AgentKey.of(found.jwk, ports), instance: instance ?? (await programOf(values, server)) };
  }
  const program = await programOf(values, server);
  const jwk = switches.has("ephemeral")
    ? makeKey()
    : (await keptKey(keyFile(program, locate()), process.getuid?.())).jwk;
  return { key: AgentKey.of(jwk, ports), instance: program };
}

/** One key for each gate, kind of program and server: `~/.config/bailiwick/keys/<gate>/<blueprint>.<server>.json`. */
function keyFile({ blueprint, server }: Program, gate: string): string {
  const place = new URL(gate).host.replaceAll(/[^a-z0-9.-]/g, "_");
  return path.join(homedir(), ".config", "bailiwick", "keys", place, `${blueprint}.${server}.json`);
}

/** A name of a machine or an account, as the gate takes it. */
function plain(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ._@-]/gu, "-").slice(0, 64);
}

async function programOf(values: Args["values"], server: string): Promise<Program> {
  const blueprint = values.get("blueprint") ?? "desktop-client";
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(blueprint) || !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(server))
    throw misuse("CLI_ARGUMENTS", "servers and blueprints are lower-case words", "see bailiwick connect --help");
  const file = values.get("ticket");
  const ticket = file === undefined ? {} : { ticket: (await readFile(file, "utf8")).trim() };
  return { host: plain(hostname()), user: plain(userInfo().username), blueprint, server, ...ticket };
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
    tell: (line) => io.err(`${printable(line)}\n`),
  };
}

function portOf({ values }: Args): number {
  const text = values.get("port") ?? "0";
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= PORT_MAX) return port;
  throw misuse("CLI_OPTION_VALUE", `--port ${text} is no port`, `give a number from 0 (any free one) to ${PORT_MAX}`);
}
