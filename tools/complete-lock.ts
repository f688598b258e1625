// SPDX-License-Identifier: Apache-2.0
// Makes package-lock.json the same for every machine: no download addresses, and every platform's optional package
// listed. npm leaves out those that the registry in use did not serve, and then `npm ci` stops on the other platforms.
import { readFileSync, writeFileSync } from "node:fs";
import { type Lock, type LockEntry, readLock } from "./lock-file.ts";

const LOCK = "package-lock.json";
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** What `npm ci` compares before it decides that a package is not for this machine. */
type Platform = Pick<LockEntry, "os" | "cpu" | "libc">;

const OS = new Set([
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
]);
const CPU = new Set(["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"]);
const LIBC: ReadonlyMap<string, string> = new Map([
  ["gnu", "glibc"],
  ["musl", "musl"],
]);

/**
 * The platform that a package's name states: `@oxlint/binding-linux-x64-musl` is for linux, x64, musl. The names follow
 * napi-rs; the test holds this reading against every platform package whose manifest npm did read.
 * @returns undefined where the name does not state one
 */
export function platformOf(name: string): Platform | undefined {
  const words = name.slice(name.indexOf("/") + 1).split("-");
  const os = words.find((word) => OS.has(word));
  const cpu = words.find((word) => CPU.has(word));
  if (os === undefined || cpu === undefined) return undefined;
  const libc = LIBC.get(words.at(-1) ?? "");
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }) };
}

/** The folders in which Node looks for a package asked for from `path`, nearest first. */
function placesFor(path: string, name: string): readonly string[] {
  const levels = path.split("/node_modules/");
  return levels
    .map((_, i) => levels.slice(0, levels.length - i).join("/node_modules/"))
    .concat("")
    .map((level) => `${level}${level === "" ? "" : "/"}node_modules/${name}`);
}

/** Where Node finds `name` from `path`, if the lock has it. */
function resolve(packages: ReadonlyMap<string, LockEntry>, path: string, name: string): LockEntry | undefined {
  const place = placesFor(path, name).find((p) => packages.has(p));
  return place === undefined ? undefined : packages.get(place);
}

/**
 * The lock with what was missing, and a line for each change. Outermost packages choose their place first, as npm does.
 * @throws Error where a package's name states no platform: then its manifest has to be read by a person
 */
export function completeLock(lock: Lock): { readonly lock: Lock; readonly changes: readonly string[] } {
  const changes: string[] = [];
  const packages = new Map<string, LockEntry>();
  for (const [path, { resolved, ...entry }] of Object.entries(lock.packages)) {
    if (resolved !== undefined) changes.push(`${path}: a download address`);
    packages.set(path, entry);
  }
  const outermostFirst = [...packages].toSorted(([a], [b]) => placesFor(a, "").length - placesFor(b, "").length);
  for (const [path, parent] of outermostFirst) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      // a range is npm's to resolve; platform packages are pinned by the package that loads them
      if (!EXACT.test(version) || resolve(packages, path, name)?.version === version) continue;
      const place = placesFor(path, name).findLast((p) => !packages.has(p));
      const platform = platformOf(name);
      if (place === undefined || platform === undefined) {
        throw new Error(`completing the lock: no platform in the name of ${name}@${version}, asked for by ${path}`);
      }
      packages.set(place, missing(version, parent, platform));
      changes.push(`${place}: ${version} was missing`);
    }
  }
  const sorted = [...packages].toSorted(([a], [b]) => a.localeCompare(b, "en"));
  return { lock: { ...lock, packages: Object.fromEntries(sorted) }, changes };
}

/** An entry with npm's own order of members, so that a later `npm install` leaves it alone. */
function missing(version: string, parent: LockEntry, platform: Platform): LockEntry {
  const { dev, peer } = parent;
  return {
    version,
    ...(platform.cpu === undefined ? {} : { cpu: platform.cpu }),
    ...(dev === undefined ? {} : { dev }),
    ...(platform.libc === undefined ? {} : { libc: platform.libc }),
    optional: true,
    ...(platform.os === undefined ? {} : { os: platform.os }),
    ...(peer === undefined ? {} : { peer }),
  };
}

function main(args: readonly string[]): number {
  const { lock, changes } = completeLock(readLock(readFileSync(LOCK, "utf8")));
  if (args.includes("--check")) {
    for (const change of changes) console.error(`${LOCK} ${change}`);
    if (changes.length > 0) console.error(`${changes.length} to mend: npm run lock`);
    return changes.length > 0 ? 1 : 0;
  }
  if (changes.length > 0) writeFileSync(LOCK, `${JSON.stringify(lock, undefined, 2)}\n`);
  console.log(`${LOCK}: ${changes.length} mended, ${Object.keys(lock.packages).length - 1} packages`);
  return 0;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
