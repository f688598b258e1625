// SPDX-License-Identifier: Apache-2.0
// A place to run commands in, for tests only: a temporary folder, two streams that are kept, and a server that answers
// what the test says, without a socket.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import type { CliIo } from "../io.ts";
import { runCli } from "../run.ts";

const TOKEN = "token-of-the-command-line";

export interface World extends Disposable {
  readonly folder: string;
  /** Runs one command line, split at spaces. */
  run(
    words: string,
    io?: Partial<CliIo>,
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  write(file: string, text: string | Uint8Array, mode?: number): void;
}

/** @param answers - what the server says, by path with query; `undefined` for no server at all */
export function createWorld(answers?: Readonly<Record<string, unknown>>): World {
  const folder = mkdtempSync(path.join(tmpdir(), "bailiwick-cli-"));
  const write: World["write"] = (file, text, mode = 0o600) => {
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), text, { mode });
  };
  if (answers !== undefined) {
    write("data/address", "http://localhost:7400\n");
    write("data/cli-token", `${TOKEN}\n`);
  }
  return {
    folder,
    write,
    async run(words, given = {}) {
      const said = { out: "", err: "" };
      const io: CliIo = {
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        color: false,
        columns: 80,
        gate: undefined,
        input: () => Readable.from([]),
        outTaken: async (text) => void (said.out += text),
        cwd: folder,
        stop: () => new AbortController().signal,
        fetch: async (url) => answerTo(answers ?? {}, url),
        ask: undefined,
        ...given,
      };
      const code = await runCli(words === "" ? [] : words.split(" "), io);
      return { code, ...said };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

function answerTo(answers: Readonly<Record<string, unknown>>, url: string): Response {
  const asked = url.replace("http://localhost:7400", "");
  const found = answers[asked];
  if (found instanceof Error) throw found;
  if (typeof found === "string") return new Response(found, { headers: { "content-type": "text/event-stream" } });
  if (found !== undefined) return Response.json(found);
  return Response.json({ title: "There is nothing here.", code: "API_NOT_FOUND" }, { status: 404 });
}
