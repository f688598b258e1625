// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { completeLock, platformOf } from "./complete-lock.ts";
import { type Lock, type LockEntry, packageName, readLock } from "./lock-file.ts";

function lock(packages: Readonly<Record<string, LockEntry>>): Lock {
  return { lockfileVersion: 3, packages: { "": {}, ...packages } };
}

const PARENT: LockEntry = {
  version: "1.0.0",
  dev: true,
  optionalDependencies: { "@x/tool-linux-x64-musl": "1.0.0", "@x/tool-darwin-arm64": "1.0.0", ranged: "^2.0.0" },
};
const LINUX: LockEntry = { version: "1.0.0", cpu: ["x64"], dev: true, libc: ["musl"], optional: true, os: ["linux"] };
const DARWIN: LockEntry = { version: "1.0.0", cpu: ["arm64"], dev: true, optional: true, os: ["darwin"] };

test("lock: every exact optional dependency gets an entry, a range is left to npm", () => {
  const { lock: whole, changes } = completeLock(lock({ "node_modules/tool": PARENT }));
  expect(whole.packages).toEqual({
    "": {},
    "node_modules/@x/tool-darwin-arm64": DARWIN,
    "node_modules/@x/tool-linux-x64-musl": LINUX,
    "node_modules/tool": PARENT,
  });
  expect(changes).toHaveLength(2);
});

test("lock: a second run changes nothing, also not the order", () => {
  const once = completeLock(lock({ "node_modules/tool": PARENT })).lock;
  const twice = completeLock(once);
  expect(JSON.stringify(twice.lock)).toBe(JSON.stringify(once));
  expect(twice.changes).toEqual([]);
});

test("lock: the outer of two versions takes the outer place, the inner one its own", () => {
  const inner = { ...PARENT, version: "0.9.0", optionalDependencies: { "@x/tool-darwin-arm64": "0.9.0" } };
  const { lock: whole } = completeLock(
    lock({ "node_modules/a/node_modules/tool": inner, "node_modules/tool": PARENT }),
  );
  expect(whole.packages["node_modules/@x/tool-darwin-arm64"]?.version).toBe("1.0.0");
  expect(whole.packages["node_modules/a/node_modules/@x/tool-darwin-arm64"]?.version).toBe("0.9.0");
});

test("lock: an outer place that another version holds is not overwritten", () => {
  const taken = { ...DARWIN, version: "0.9.0" };
  const { lock: whole } = completeLock(
    lock({ "node_modules/@x/tool-darwin-arm64": taken, "node_modules/tool": PARENT }),
  );
  expect(whole.packages["node_modules/@x/tool-darwin-arm64"]).toEqual(taken);
  expect(whole.packages["node_modules/tool/node_modules/@x/tool-darwin-arm64"]).toEqual(DARWIN);
});

test("lock: download addresses are taken out, checksums stay", () => {
  const { lock: whole, changes } = completeLock(
    lock({ "node_modules/a": { version: "1.0.0", resolved: "https://example.org/a.tgz", integrity: "sha512-x" } }),
  );
  expect(whole.packages["node_modules/a"]).toEqual({ version: "1.0.0", integrity: "sha512-x" });
  expect(changes).toEqual(["node_modules/a: a download address"]);
});

test("lock: a name that states no platform is an error, not a guess", () => {
  const parent = { version: "1.0.0", optionalDependencies: { helper: "1.0.0" } };
  expect(() => completeLock(lock({ "node_modules/tool": parent }))).toThrow("no platform in the name of helper@1.0.0");
});

test("lock: a name is read as npm read the manifest, for every platform package that npm did read", () => {
  const { packages } = readLock(readFileSync(path.join(import.meta.dirname, "../package-lock.json"), "utf8"));
  const read = Object.entries(packages).filter(([, entry]) => entry.integrity !== undefined && entry.cpu !== undefined);
  const wrong = read.filter(([at, { os, cpu, libc }]) => {
    const named = platformOf(packageName(at));
    // a name may say less about libc than the manifest (`cli-linux-x64` is for glibc), never something else
    const agrees = named?.libc === undefined || String(named.libc) === String(libc);
    return named === undefined
      ? os !== undefined
      : String(named.os) !== String(os) || String(named.cpu) !== String(cpu) || !agrees;
  });
  expect(read.length).toBeGreaterThan(50);
  expect(wrong.map(([at]) => at)).toEqual([]);
});
