#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Starts the command on a Node that is new enough. In a clone that is the Node which `npm ci` brought, and the sources
// run as they are written; in the published package it is the caller's own, and dist/ runs. Plain JavaScript, because
// this file alone must run on an old Node too (18 and newer).
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

// one sync of the record may hold a thread for long, and name look-ups share the pool; read before its first use
process.env.UV_THREADPOOL_SIZE ??= "8";

// Compiled once, not at each start. Beside the code, with the rights of the code: who may write there could change that too,
// which is not so of the common temporary folder. Where it cannot be written every start compiles.
const compiled = fileURLToPath(new URL("../node_modules/.cache/bailiwick", import.meta.url));
process.env.NODE_COMPILE_CACHE ??= compiled; // for the Node that is handed over to
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);

const NEEDED = [24, 15];
const EXIT_CONFIG = 78; // sysexits.h EX_CONFIG: starting it again does not help

const sources = new URL("../src/cli/main.ts", import.meta.url);
const inClone = existsSync(sources);
// a dist/ that somebody built in a clone is as old as that build: sources always win
const main = inClone ? sources : new URL("../dist/cli/main.js", import.meta.url);

const [major, minor] = process.versions.node.split(".").map(Number);
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
  await import(main.href);
} else {
  const node = ["../node_modules/node/bin/node", "../node_modules/.bin/node"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (node === undefined) refuse();
  else restart(node);
}

function refuse() {
  const fix = inClone
    ? `run npm ci in ${fileURLToPath(new URL("..", import.meta.url))}, which brings the Node that is needed`
    : "npx -p node@24 -p bailiwick bailiwick";
  process.stderr.write(`bailiwick needs Node ${NEEDED.join(".")} or newer, and this is ${process.versions.node}\n`);
  process.stderr.write(`fix: ${fix}\nCLI_RUNTIME_TOO_OLD\n`);
  process.exitCode = EXIT_CONFIG;
}

/** Hands over to another Node: the same streams, arguments and signals in, its exit code out. */
function restart(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`cannot start ${node}: ${error.message}\nfix: run npm ci again\nCLI_RUNTIME_TOO_OLD\n`);
    process.exitCode = EXIT_CONFIG;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}
