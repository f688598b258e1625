// SPDX-License-Identifier: Apache-2.0
// One organisation of the example: a server with a log of its own, which is also a witness of the others' logs.
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Config } from "../../src/server/config.ts";
import { type Office, openOffice } from "../../test/support/office.ts";

export class Organisation implements AsyncDisposable {
  readonly name: string;
  readonly dir: string;
  private office: Office | undefined;
  private port = 0;

  private constructor(name: string, dir: string) {
    this.name = name;
    this.dir = dir;
  }

  static async found(name: string): Promise<Organisation> {
    return new Organisation(name, await mkdtemp(path.join(tmpdir(), `bailiwick-${name}-`)));
  }

  get running(): Office["running"] {
    if (this.office === undefined) throw new Error(`${this.name} is dark`);
    return this.office.running;
  }

  get data(): string {
    return path.join(this.dir, "data");
  }

  /** `north.keys` beside the data folder, as the partner sent it. */
  file(name: string): string {
    return path.join(this.dir, name);
  }

  /** Starts, or starts again where it was. Partners are known by the files that they sent. */
  async start(partners: readonly Organisation[] = []): Promise<void> {
    for (const one of partners) await copyFile(one.file(`${one.name}.keys`), this.file(`${one.name}.keys`));
    this.office = await openOffice({ dir: this.dir, change: (config) => this.configured(config, partners) });
    this.port = Number(new URL(this.running.publicUrl).port);
  }

  /** Writes down its own keys, for partners: what `bailiwick record keys` prints. */
  async writeKeys(): Promise<void> {
    const answer = await fetch(`${this.running.publicUrl}/log/keys`);
    await writeFile(this.file(`${this.name}.keys`), await answer.text());
  }

  async stop(): Promise<void> {
    await this.office?.[Symbol.asyncDispose]();
    this.office = undefined;
  }

  /** A copy of all that it has, as a backup would be. */
  async copy(): Promise<string> {
    const copy = await mkdtemp(path.join(tmpdir(), `bailiwick-${this.name}-copy-`));
    await cp(this.data, copy, { recursive: true });
    return copy;
  }

  async restore(copy: string): Promise<void> {
    await rm(this.data, { recursive: true });
    await cp(copy, this.data, { recursive: true });
  }

  /** What the world is told of its log now. */
  async checkpoint(): Promise<string> {
    return (await fetch(`${this.running.publicUrl}/log/${this.name}-1/checkpoint`)).text();
  }

  token(): Promise<string> {
    return readFile(path.join(this.data, "cli-token"), "utf8").then((text) => text.trim());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  private configured(config: Config, partners: readonly Organisation[]): Config {
    const { record } = config;
    const server = {
      on: true,
      name: `${this.name}.example/witness`,
      logs: partners.map(({ name }) => this.file(`${name}.keys`)),
    };
    const policy = partners.length === 0 ? {} : { policy: this.file("witnesses.policy") };
    const witness = { ...record.witness, ...policy, timeoutMs: 500, server };
    return { ...config, port: this.port, record: { ...record, name: `${this.name}-1`, checkpointMs: 250, witness } };
  }
}
