// SPDX-License-Identifier: Apache-2.0
// The parent's end of `store-writer.ts`: what it has said so far, and its end.
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

export const WRITER: string = path.join(import.meta.dirname, "store-writer.ts");

/** A writer, and the lines it has said so far. */
export class Child {
  readonly lines: string[] = [];
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  private readonly hopes = new Set<{ prefix: string; resolve: (line: string) => void }>();

  constructor(command: string, args: readonly string[]) {
    this.process = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    if (this.process.stdout === null) throw new Error("no standard output");
    const reader = createInterface({ input: this.process.stdout });
    reader.on("line", (line) => {
      this.lines.push(line);
      for (const hope of this.hopes) if (line.startsWith(hope.prefix)) hope.resolve(line);
    });
    this.ended = new Promise((resolve) => reader.on("close", resolve));
  }

  /** The first line that begins so; the test's own time limit ends the waiting. */
  said(prefix: string): Promise<string> {
    const line = this.lines.find((l) => l.startsWith(prefix));
    return line === undefined ? new Promise((resolve) => this.hopes.add({ prefix, resolve })) : Promise.resolve(line);
  }

  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.ended;
  }

  faults(): string[] {
    return this.lines.filter((l) => l.startsWith("fault "));
  }

  wrote(): number[] {
    return this.lines.filter((l) => l.startsWith("wrote ")).map((l) => Number(l.slice("wrote ".length)));
  }
}

/** @param url - of a database on a server; left out, rows are in the folder */
export const writer = (dir: string, url?: string): Child =>
  new Child(process.execPath, [WRITER, dir, ...(url === undefined ? [] : [url])]);
export const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** The rows that it found at its start. */
export function found(line: string): number[] {
  const list = line.slice("found ".length);
  return list === "" ? [] : list.split(",").map(Number);
}
