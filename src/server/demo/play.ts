// SPDX-License-Identifier: Apache-2.0
// What the story and its replays are played with.
import type { UpstreamServer } from "../../enforce/index.ts";
import type { Running } from "../compose.ts";
import { ServerError } from "../errors.ts";
import type { UpIo, UpOptions } from "../up.ts";
import type { DemoWorld } from "./world.ts";

export interface Play {
  readonly running: Running;
  readonly world: DemoWorld;
  readonly say: (text: string) => void;
  readonly io: UpIo;
  readonly options: UpOptions;
}

/** With `--once` the demo's key agrees; at a terminal a person does; otherwise nobody answers. */
export function habitOf({ input, once, json }: UpOptions): "yes" | "keys" | "nothing" {
  if (!input) return "nothing";
  if (once || json) return "yes";
  return process.stdin.isTTY ? "keys" : "nothing";
}

export function server(running: Running, id: string): UpstreamServer {
  const found = running.servers.get(id);
  if (found !== undefined) return found;
  throw new ServerError("SERVER_DEMO_FAILED", `starting the demo: its configuration has no server ${id}`);
}
