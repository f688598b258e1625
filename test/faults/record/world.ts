// SPDX-License-Identifier: Apache-2.0
// A log that has lived before, and copies of it for lives that end badly.
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { COMPILED } from "../../support/compiled.ts";
import { checkLog, folderSource, readAcknowledged } from "./check.ts";

const WORKLOAD = path.join(import.meta.dirname, "workload.ts");
/** UNIT: ms. A life takes one second; on a machine whose disk is busy with others it has been a minute. */
const LIFE_MS = 180_000;

export interface World extends Disposable {
  readonly dir: string;
  readonly acknowledgements: string;
  /** The command of one more life of the log. */
  readonly life: readonly string[];
  /** Runs a command as a life of this log is run. */
  run(command: readonly string[]): SpawnSyncReturns<string>;
  copy(): World;
  /** @returns everything that should not be */
  check(): Promise<readonly string[]>;
}

/** A log of one whole life, whose next start finds entries, tiles, and intents to close. */
export function livedWorld(): World {
  const world = worldAt(mkdtempSync(path.join(tmpdir(), "bw-faults-")), 24);
  const { status, stderr } = world.run([...world.life.slice(0, -1), "300"]);
  if (status !== 0) throw new Error(`the first life failed: ${stderr}`);
  return world;
}

function worldAt(root: string, entries: number): World {
  const dir = path.join(root, "record");
  const acknowledgements = path.join(root, "acknowledged");
  return {
    dir,
    acknowledgements,
    life: [process.execPath, WORKLOAD, dir, acknowledgements, String(entries)],
    run([program = "", ...args]) {
      // one thread for files: strace counts the calls of each thread apart
      const env = { ...COMPILED, UV_THREADPOOL_SIZE: "1" };
      return spawnSync(program, args, { env, encoding: "utf8", timeout: LIFE_MS, killSignal: "SIGKILL" });
    },
    copy() {
      const to = mkdtempSync(path.join(tmpdir(), "bw-faults-"));
      cpSync(root, to, { recursive: true });
      return worldAt(to, entries);
    },
    async check() {
      const acknowledged = readAcknowledged(readFileSync(acknowledgements, "utf8"));
      return checkLog(acknowledged, { dir, source: () => folderSource(path.join(dir, "main-1")) });
    },
    [Symbol.dispose]() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
