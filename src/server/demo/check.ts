// SPDX-License-Identifier: Apache-2.0
// The record of the demo, checked by a program of its own that is given a folder and a public key, and opens no connection.
import { spawn } from "node:child_process";
import path from "node:path";

export interface OfflineCheck {
  readonly ok: boolean;
  /** What it said, where it did not pass. */
  readonly output: string;
}

/** UNIT: ms. */
const CHECK_MS = 30_000;

/** Runs `bailiwick verify` as a second process. @param root - the package */
export function checkOffline(root: string, recordDir: string, trustFile: string): Promise<OfflineCheck> {
  const program = path.join(root, "bin", "bailiwick.js");
  const child = spawn(process.execPath, [program, "verify", recordDir, "--policy", trustFile, "--json"], {
    env: {},
    stdio: ["ignore", "pipe", "pipe"],
    timeout: CHECK_MS,
  });
  const said: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ ok: false, output: error.message }));
    child.once("close", (code) => resolve({ ok: code === 0, output: Buffer.concat(said).toString("utf8") }));
  });
}
