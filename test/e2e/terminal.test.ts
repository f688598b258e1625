// SPDX-License-Identifier: Apache-2.0
// The demo at a terminal, by its keys alone (experience X5, X7, X8): yes to the payment, what a partner would be told, a rule
// deleted and the payment played again, and out. Needs util-linux's `script` for the pseudo-terminal.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { ROOT } from "../support/office.ts";

const BIN = path.join(ROOT, "bin", "bailiwick.js");
const hasScript = spawnSync("script", ["--version"]).status === 0;

/** A program at a terminal of its own. */
class Terminal {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly ended: Promise<unknown[]>;
  out = "";

  constructor(command: string) {
    const env = { PATH: "/usr/local/bin:/usr/bin:/bin", TERM: "dumb", NO_COLOR: "1" };
    this.child = spawn("script", ["-qfec", command, "/dev/null"], { env });
    this.ended = once(this.child, "exit");
    this.child.stdout.setEncoding("utf8").on("data", (chunk: string) => (this.out += chunk));
  }

  async sees(text: string): Promise<void> {
    const seen = (): void => {
      if (!this.out.includes(text)) throw new Error(`the terminal does not show ${text}:\n${this.out}`);
    };
    await vi.waitFor(seen, { timeout: 40_000, interval: 50 });
  }

  press(key: string): void {
    this.child.stdin.write(key);
  }

  async exit(): Promise<unknown> {
    return (await this.ended)[0];
  }

  /** Ends it, however far it got. */
  close(): void {
    this.child.kill("SIGTERM");
  }
}

test.skipIf(!hasScript)(
  "X5, X7, X8: a, s, a rule deleted, p, q (skipped means NOT RUN: no `script` of util-linux)",
  async () => {
    const terminal = new Terminal(`${process.execPath} ${BIN} up --demo --port 0`);
    try {
      await terminal.sees("a approve · r refuse");
      terminal.press("a");
      await terminal.sees("4 q ends it");
      expect(terminal.out).toContain("approved for this exact call, once, by a demo key");
      const dir = /everything is in (\S+)/.exec(terminal.out)?.[1] ?? "";

      terminal.press("s");
      await terminal.sees("nothing is sent");
      await terminal.sees("the same 16 ids");

      const rules = path.join(dir, "policies", "demo", "50-payments.cedar");
      const text = readFileSync(rules, "utf8");
      writeFileSync(rules, text.slice(0, text.indexOf('@id("payments-need-a-person")')));
      await terminal.sees("policy   50-payments.cedar: 1 rule gone");
      await terminal.sees("1 would differ (challenge -> allow)");

      terminal.press("p");
      await terminal.sees("p  allow      execute  files/payments/2041.json");

      terminal.press("q");
      expect(await terminal.exit()).toBe(0);
      expect(existsSync(dir)).toBe(false);
    } finally {
      terminal.close();
    }
  },
);
