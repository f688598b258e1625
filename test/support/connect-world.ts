// SPDX-License-Identifier: Apache-2.0
// A folder with a configuration that names no server, a real server of ours over it, and the command line beside it.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { createWorld, type World } from "../../src/cli/testing/world.ts";
import { fakeLog } from "../../src/core/testing/system.ts";
import { type Running, startServer } from "../../src/server/compose.ts";
import { readConfig } from "../../src/server/config.ts";
import { ROOT } from "./office.ts";

/** The file server that the demo stands in front of, as a program to start. */
export const FILE_SERVER: string = createRequire(import.meta.url).resolve(
  "@modelcontextprotocol/server-filesystem/dist/index.js",
);

export interface ConnectWorld extends AsyncDisposable {
  readonly folder: string;
  readonly log: ReturnType<typeof fakeLog>;
  /** The server that runs now. */
  readonly running: Running;
  write: World["write"];
  read(file: string): Promise<string>;
  /** Runs one command line in the folder. */
  run(words: string, io?: Parameters<World["run"]>[1]): ReturnType<World["run"]>;
  /** Ends the server and starts it again over the same folder. */
  restart(): Promise<void>;
}

export interface ConnectWorldOptions {
  /** Stands at the end of bailiwick.yaml. */
  readonly yaml?: string;
  /** Files of the folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

export async function connectWorld({ yaml = "", files = {} }: ConnectWorldOptions = {}): Promise<ConnectWorld> {
  const world = createWorld();
  const log = fakeLog();
  world.write("docs/note.txt", "hello\n");
  for (const [name, text] of Object.entries(files)) world.write(name, text);
  world.write(
    "bailiwick.yaml",
    `# what this team has behind the gate
port: 0 # a free one
policies: { dir: ${path.join(ROOT, "policies", "demo")} }
prove:
  regimes: { dir: ${path.join(ROOT, "regulations")} }
${yaml}`,
  );
  const start = async (): Promise<Running> => {
    const configFile = path.join(world.folder, "bailiwick.yaml");
    const config = await readConfig({ file: configFile, settings: new Map(), flags: {} });
    const io = { log, path: path.dirname(process.execPath), cwd: world.folder, configFile, root: ROOT };
    return startServer(config, { ...io, demo: false, version: "0.0.0-test", exit: die });
  };
  let running = await start();
  return {
    folder: world.folder,
    log,
    get running() {
      return running;
    },
    write: (file, text, mode) => world.write(file, text, mode),
    read: (file) => readFile(path.join(world.folder, file), "utf8"),
    run: (words, io = {}) => world.run(words, { fetch: globalThis.fetch, ...io }),
    async restart() {
      await running[Symbol.asyncDispose]();
      running = await start();
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      world[Symbol.dispose]();
    },
  };
}

/** A stdio server that answers `tools/list` with an expression of `params`. */
export function serverProgram(answer: string): string {
  return `import { createInterface } from "node:readline";
import { existsSync, readFileSync } from "node:fs";
const hello = { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "odd", version: "1" } };
const said = (method, params) => method === "initialize" ? { result: hello } : method === "tools/list" ? (${answer}) : { result: { content: [] } };
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, ...said(method, params) }));
});
`;
}

function die(code: number): never {
  throw new Error(`the server wanted to end the process with ${code}`);
}
