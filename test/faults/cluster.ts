// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL server of the test's own, in a temporary folder, as a user without rights: to be stopped in the worst way.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const HOME = "/usr/lib/postgresql";

/** The folder of `pg_ctl`, of the newest version that is here. */
export function serverPrograms(): string | undefined {
  if (!existsSync(HOME)) return undefined;
  const [newest] = readdirSync(HOME).toSorted((a, b) => Number(b) - Number(a));
  const bin = path.join(HOME, newest ?? "", "bin");
  return existsSync(path.join(bin, "pg_ctl")) ? bin : undefined;
}

/** Who runs it: a server refuses to be run by root. */
function owner(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return { uid: idOf("-u"), gid: idOf("-g") };
}

function idOf(flag: string): number {
  return Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
}

export class Cluster implements AsyncDisposable {
  readonly url: string;
  private readonly bin: string;
  private readonly dir: string;

  private constructor(bin: string, dir: string, port: number) {
    this.bin = bin;
    this.dir = dir;
    this.url = `postgresql://tester@127.0.0.1:${port}/postgres`;
  }

  static async open(bin: string): Promise<Cluster> {
    const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-cluster-"));
    const who = owner();
    if (who !== undefined) await chown(dir, who.uid, who.gid);
    const port = await freePort();
    const cluster = new Cluster(bin, dir, port);
    cluster.run("initdb", ["-D", path.join(dir, "data"), "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-locale"]);
    const options = `-p ${port} -k ${dir} -c listen_addresses=127.0.0.1 -c shared_buffers=16MB`;
    cluster.run("pg_ctl", [...cluster.where(), "-o", options, "start"]);
    return cluster;
  }

  /** As if the machine had lost its power: nothing is written down before, everything is recovered after. */
  restartImmediately(): void {
    this.run("pg_ctl", [...this.where(), "-m", "immediate", "restart"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.run("pg_ctl", [...this.where(), "-m", "immediate", "stop"]);
    await rm(this.dir, { recursive: true });
  }

  private where(): string[] {
    return ["-D", path.join(this.dir, "data"), "-l", path.join(this.dir, "log"), "-w", "-s"];
  }

  private run(program: string, args: readonly string[]): void {
    const done = spawnSync(path.join(this.bin, program), args, {
      cwd: this.dir,
      env: { LC_ALL: "C" },
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
      ...owner(),
    });
    if (done.status !== 0) throw new Error(`${program} ended with ${done.status}: ${done.stderr}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
