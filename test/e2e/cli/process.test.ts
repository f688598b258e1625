// SPDX-License-Identifier: Apache-2.0
// What only a process shows: signals, closed pipes, and the hand-over from an old Node.
import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { BIN, ended, World } from "./world.ts";

const FOLLOW = [BIN, "record", "tail", "--follow", "--json"];
const REPOSITORY = path.join(import.meta.dirname, "../../..");

/** Node options that make a Node say that it is old, for the launcher under test alone. */
const OLD_NODE = ["--import", `data:text/javascript,${encodeURIComponent(oldNode())}`];

function oldNode(): string {
  return 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.0" } })';
}

test("X15: Ctrl-C while following ends with 130, and nothing is said about it", async () => {
  await using world = new World();
  await world.addServer();
  const child = world.start(process.execPath, FOLLOW);
  child.stdout?.once("data", () => child.kill("SIGINT"));
  expect(await ended(child)).toMatchObject({ err: "", code: 130 });
});

test("X14: a reader that leaves ends it quietly with 0", async () => {
  await using world = new World();
  await world.addServer();
  const piped = `('${process.execPath}' ${FOLLOW.join(" ")}; echo "exit $?" >&2) | head -n 1`;
  const { out, err } = await ended(world.start("/bin/sh", ["-c", piped]));
  expect(out.split("\n")).toHaveLength(2);
  expect(err).toBe("exit 0\n");
});

test("X14: an output that was closed from the start is no fault", async () => {
  await using world = new World();
  await world.addServer();
  const child = world.start(process.execPath, [BIN, "record", "tail"]);
  child.stdout?.destroy();
  expect(await ended(child)).toMatchObject({ err: "", code: 0 });
});

/** A store that says it was slow is right: it says so of a busy machine, and of nothing that went wrong. */
function withoutSlow(err: string): string {
  return err.replaceAll(/^\{.*"code":"STORE_TX_SLOW".*\}\n/gm, "");
}

test("X1: up says that it starts before the server is loaded, and a demo ends with its folder on Ctrl-C", async () => {
  await using world = new World();
  const child = world.start(process.execPath, [BIN, "up", "--demo", "--no-input", "--port", "0"]);
  const said: string[] = [];
  child.stderr?.once("data", (piece) => said.push(String(piece)));
  child.stdout?.on("data", (piece) => {
    said.push(String(piece));
    if (said.join("").includes("\nagent ")) child.kill("SIGINT");
  });
  const { out, err, code } = await ended(child);
  expect(said[0]).toMatch(/^bailiwick [0-9.]+ demo · starting\n$/);
  expect({ err: withoutSlow(err), code }).toEqual({ err: said[0], code: 130 });
  const folder = /everything is in (\S+) /.exec(out)?.[1] ?? "nowhere";
  expect({ folder, exists: existsSync(folder) }).toEqual({
    folder: expect.stringContaining("bailiwick-demo") as string,
    exists: false,
  });
});

test("up with a configuration that is not there ends with 78, which tells a supervisor not to try again", async () => {
  await using world = new World();
  const { out, err, code } = await ended(world.start(process.execPath, [BIN, "up", "--config", "nowhere.yaml"]));
  expect({ out, code }).toEqual({ out: "", code: 78 });
  expect(err).toMatch(/^bailiwick [0-9.]+ · starting\n[^]*\nSERVER_CONFIG_MISSING\n$/);
});

test("the launcher hands over from an old Node: arguments, streams and exit code", async () => {
  await using world = new World();
  world.addLog();
  const asked = [...OLD_NODE, BIN, "verify", "main-1"];
  const old = await ended(world.start(process.execPath, [...asked, "--json"]));
  expect(old).toEqual(await ended(world.start(process.execPath, [BIN, "verify", "main-1", "--json"])));
  expect(old.code).toBe(3);
});

test("the launcher passes signals on, and the exit code back", async () => {
  await using world = new World();
  await world.addServer();
  const child = world.start(process.execPath, [...OLD_NODE, ...FOLLOW]);
  child.stdout?.once("data", () => child.kill("SIGINT"));
  expect(await ended(child)).toMatchObject({ err: "", code: 130 });
});

test("an old Node and none beside it: three lines that say what is needed, and exit 78", async () => {
  await using world = new World();
  cpSync(path.join(REPOSITORY, "bin"), path.join(world.folder, "bin"), { recursive: true });
  world.write("package.json", readFileSync(path.join(REPOSITORY, "package.json")));
  const launcher = path.join(world.folder, "bin/bailiwick.js");
  const packaged = await ended(world.start(process.execPath, [...OLD_NODE, launcher, "status"]));
  expect(packaged).toEqual({
    out: "",
    err: "bailiwick needs Node 24.15 or newer, and this is 20.20.0\nfix: npx -p node@24 -p bailiwick bailiwick\nCLI_RUNTIME_TOO_OLD\n",
    code: 78,
  });
  symlinkSync(path.join(REPOSITORY, "src"), path.join(world.folder, "src"));
  const cloned = await ended(world.start(process.execPath, [...OLD_NODE, launcher, "status"]));
  expect(cloned.err).toContain(`fix: run npm ci in ${world.folder}`);
});

test("a stale dist/ in a clone never runs", async () => {
  await using world = new World();
  cpSync(path.join(REPOSITORY, "bin"), path.join(world.folder, "bin"), { recursive: true });
  world.write("package.json", '{"type": "module", "version": "0.0.0"}');
  world.write("dist/cli/main.js", 'console.log("from dist");');
  const launcher = path.join(world.folder, "bin/bailiwick.js");
  expect((await ended(world.start(process.execPath, [launcher]))).out).toBe("from dist\n");
  world.write("src/cli/main.ts", 'console.log("from src");');
  expect((await ended(world.start(process.execPath, [launcher]))).out).toBe("from src\n");
});
