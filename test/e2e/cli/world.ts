// SPDX-License-Identifier: Apache-2.0
// Where terminal scripts run: a temporary folder, the real command in a process of its own, and, where a script asks for
// one, a control API on loopback that answers from a table.
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text as textOf } from "node:stream/consumers";
import {
  ALLOWED,
  APPROVALS,
  DECISION,
  DENIED,
  LATE,
  OPENED,
  row,
  STATUS,
  WAITING,
} from "../../../src/cli/testing/answers.ts";
import { smallLog } from "../../../src/cli/testing/log.ts";

export const BIN: string = path.join(import.meta.dirname, "../../../bin/bailiwick.js");
/** Words, calendars and a few laws: enough to be read as a whole. */
const RULES = [
  "places.yaml",
  "facts.yaml",
  "conflicts.yaml",
  "calendars",
  "CA-QC",
  "JP",
  "EU/general-data-protection-regulation.yaml",
];
const TOKEN = "token-of-the-command-line";

const ANSWERS: Readonly<Record<string, unknown>> = {
  "/api/status": STATUS,
  "/api/record/entries?from=-10&limit=10": { size: 3, entries: [OPENED, ALLOWED, DENIED] },
  "/api/record/entries/BW-0000002": { entries: [DENIED] },
  "/api/decisions/BW-0000002": DECISION,
  "/api/approvals": APPROVALS,
};

/** What an answer to an approval must be for the API to take it. */
const TAKEN: Readonly<Record<string, { readonly body: string; readonly state: string }>> = {
  [`/api/approvals/${WAITING.id}/approve`]: { body: JSON.stringify({ digest: WAITING.digest }), state: "approved" },
  [`/api/approvals/${LATE.id}/refuse`]: { body: JSON.stringify({ because: "unexpected" }), state: "refused" },
};

/** What comes on the live stream, again and again. */
const LATER = row(3, { type: "event", name: "session.opened", subject: { type: "Server", id: "files" } });

export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

export class World implements AsyncDisposable {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), "bailiwick-cli-"));
  private readonly server = createServer((request, response) => this.answer(request, response));

  write(file: string, text: string | Uint8Array): void {
    mkdirSync(path.join(this.folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(this.folder, file), text, { mode: 0o600 });
  }

  /** Changes one bit in the middle of a file. */
  change(file: string): void {
    const bytes = readFileSync(path.join(this.folder, file));
    const at = Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    this.write(file, bytes);
  }

  addLog(): void {
    const { files, policy } = smallLog("localhost/log/main-1");
    for (const [file, content] of Object.entries(files)) this.write(`main-1/${file}`, content);
    this.write("trust.policy", policy);
  }

  addRules(): void {
    for (const name of RULES) {
      const from = path.join(BIN, "../../regulations", name);
      cpSync(from, path.join(this.folder, "regulations", name), { recursive: true });
    }
  }

  async addServer(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("the API has no port");
    this.write("data/address", `http://127.0.0.1:${address.port}\n`);
    this.write("data/cli-token", `${TOKEN}\n`);
  }

  /** @param typed - a line on stdin once a question (`...: `) is out; without it stdin is empty */
  start(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    typed?: string,
  ): ChildProcess {
    const stdio = [typed === undefined ? "ignore" : "pipe", "pipe", "pipe"] as const;
    const all = { PATH: "/usr/bin:/bin", ...env };
    const child = spawn(program, args, { cwd: this.folder, env: all, stdio: [...stdio] });
    if (typed === undefined) return child;
    child.stdout?.on("data", (piece) => {
      if (String(piece).endsWith(": ")) child.stdin?.end(`${typed}\n`);
    });
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true });
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { url = "", method, headers } = request;
    const found = ANSWERS[url];
    if (headers.authorization !== `Bearer ${TOKEN}`) {
      problem(response, 401, "API_UNAUTHENTICATED");
    } else if (method === "POST") {
      void textOf(request).then((body) => take(url, headers["content-type"], body, response));
    } else if (url === "/api/live?topics=entries") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": live\n\n");
      const beat = setInterval(() => response.write(`event: entry\ndata: ${JSON.stringify(LATER)}\n\n`), 20);
      response.once("close", () => clearInterval(beat));
    } else if (found === undefined) {
      problem(response, 404, "API_NOT_FOUND");
    } else {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(found));
    }
  }
}

function take(url: string, type: string | undefined, body: string, response: ServerResponse): void {
  const wanted = TAKEN[url];
  if (type !== "application/json" || body !== wanted?.body) return problem(response, 409, "API_APPROVAL_REFUSED");
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ state: wanted.state }));
}

function problem(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ type: "about:blank", title: "No.", status, code }));
}

/** What a process said until it ended. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const said = { out: "", err: "" };
  child.stdout?.on("data", (piece) => void (said.out += String(piece)));
  child.stderr?.on("data", (piece) => void (said.err += String(piece)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { ...said, code };
}
