// SPDX-License-Identifier: Apache-2.0
// The first start in a folder as a person meets it: the real command, what it writes, what it leaves alone, what it says.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../support/office.ts";

const BIN = path.join(ROOT, "bin", "bailiwick.js");
const open: { readonly dir: string; readonly children: ChildProcess[] }[] = [];

afterEach(async () => {
  for (const { dir, children } of open.splice(0)) {
    for (const child of children) await stop(child);
    rmSync(dir, { recursive: true, force: true });
  }
});

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGINT");
  await ended;
}

function folder(files: Readonly<Record<string, string>> = {}): string {
  const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-first-"));
  open.push({ dir, children: [] });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  return dir;
}

interface Up {
  readonly out: string;
  readonly child: ChildProcess;
}

async function up(dir: string, ...more: string[]): Promise<Up> {
  const child = spawn(process.execPath, [BIN, "up", "--port", "0", ...more], { cwd: dir, env: {} });
  open.find((one) => one.dir === dir)?.children.push(child);
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
  await expect
    .poll(() => out + (child.exitCode === null ? "" : err), { timeout: 40_000 })
    .toMatch(/next {5}|"name"|fix:/);
  return { out, child };
}

function run(dir: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const ran = spawnSync(process.execPath, [BIN, ...args], { cwd: dir, encoding: "utf8", env: {} });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

const NEXT = "next     npx bailiwick connect add files -- npx -y @modelcontextprotocol/server-filesystem ./docs";

describe("an empty folder", () => {
  test("X11: gets a configuration, rules with cases and a place for data, and is told so", async () => {
    const dir = folder();
    const { out } = await up(dir);
    const said = out
      .replace(/http:\/\/localhost:\d+\/#setup=[\w-]+/, "<link>")
      .replace(/\d+ rules, \d+ cases/, "<9> rules, <31> cases");
    expect(said.trimEnd().split("\n")).toEqual([
      "wrote    bailiwick.yaml (10 lines) · policies/ (<9> rules, <31> cases) · data/ (only you can read it)",
      "mode     observe: everything is judged and recorded; refused is only what is always refused",
      "owner    <link>   one-use, 15 minutes, also in data/setup-link",
      NEXT,
    ]);
    expect(readdirSync(dir).toSorted()).toEqual(["bailiwick.yaml", "data", "policies"]);
    expect(statSync(path.join(dir, "data")).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(dir, "data", "setup-link")).mode & 0o777).toBe(0o600);
    const status = run(dir, "status");
    expect(status.out).toMatch(/, observe mode, since/);
    expect(status.code).toBe(0);
    // the rules that it wrote pass their own cases
    const { code, out: tested } = run(dir, "policy", "test");
    expect(tested).toMatch(/(\d+) of \1 cases passed/);
    expect(code).toBe(0);
  });

  test("X11: the file is ten lines, its first names a schema, and it validates; a second start writes nothing and still says that it observes", async () => {
    const dir = folder();
    const first = await up(dir);
    const text = readFileSync(path.join(dir, "bailiwick.yaml"), "utf8");
    const lines = text.trimEnd().split("\n");
    expect(lines).toHaveLength(10);
    const [, named = ""] = /^# yaml-language-server: \$schema=(\S+)$/.exec(lines[0] ?? "") ?? [];
    const schema: unknown = JSON.parse(readFileSync(path.join(dir, named), "utf8"));
    if (typeof schema !== "object" || schema === null) throw new Error("no schema");
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...(parse(text) as object), prot: 7400 })).toBe(false);
    await stop(first.child);
    const { out } = await up(dir);
    expect(out).not.toContain("wrote ");
    expect(out).toMatch(/^mode {5}observe: /m);
    expect(readFileSync(path.join(dir, "bailiwick.yaml"), "utf8")).toBe(text);
  });
});

describe("a folder that is not empty", () => {
  test("X11: what is there stays as it is, and is named", async () => {
    const dir = folder({ "README.md": "mine", "data/old.txt": "mine too" });
    const { out } = await up(dir);
    expect(out).toContain("wrote    bailiwick.yaml (10 lines) · policies/ (");
    expect(out).toContain("kept     data/: there before, and not touched");
    expect(readFileSync(path.join(dir, "README.md"), "utf8")).toBe("mine");
    expect(readFileSync(path.join(dir, "data", "old.txt"), "utf8")).toBe("mine too");
  });

  test("X11: a folder policies/ that holds something else stops the start, and nothing is written", async () => {
    const dir = folder({ "policies/insurance.txt": "another kind of policy" });
    const { code, err } = run(dir, "up", "--port", "0");
    expect(code).toBe(78);
    expect(err).toContain("policies/ is there, and is no set of rules");
    expect(err).toContain("fix: start in an empty folder");
    expect(readdirSync(dir)).toEqual(["policies"]);
    expect(readdirSync(path.join(dir, "policies"))).toEqual(["insurance.txt"]);
  });

  test("X11: a configuration that was named and is not there is not made up", () => {
    const dir = folder();
    const { code, err } = run(dir, "up", "--config", "mine.yaml", "--port", "0");
    expect(code).toBe(78);
    expect(err).toContain("SERVER_CONFIG_MISSING");
    expect(existsSync(path.join(dir, "policies"))).toBe(false);
  });
});
