// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect upstream --listen`, as a person would start it: the suites cannot prove a key, and it can.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { WebServer } from "./web.ts";

const BIN = path.join(import.meta.dirname, "..", "..", "bin", "bailiwick.js");

export interface SidecarKey {
  readonly file: string;
  readonly instance: string;
}

export async function openSidecar(gate: string, { file, instance }: SidecarKey): Promise<WebServer> {
  const args = ["connect", "upstream", "--listen", "--gate", gate, "--key", file, "--instance", instance];
  const child = spawn(process.execPath, [BIN, ...args], { env: {}, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const first = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
  if (typeof first[0] !== "string" || child.exitCode !== null) throw new Error("the sidecar did not start");
  return {
    url: new URL(first[0]),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
