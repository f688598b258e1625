// SPDX-License-Identifier: Apache-2.0
// The build fails on a package whose licence nobody decided about, on an install script that nobody allowed, and on a
// version that is not exact. What was decided, and why, is in licences.json.
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Lock, type LockEntry, packageName, readLock } from "./lock-file.ts";

/** `development`: the package is never shipped. */
type Where = "anywhere" | "development";

export interface Licences {
  /** SPDX identifier to the reason why it is allowed. */
  readonly anywhere: Readonly<Record<string, string>>;
  readonly development: Readonly<Record<string, string>>;
  /** Packages whose manifest states no SPDX expression, by name. */
  readonly exceptions: Readonly<Record<string, { readonly says: string; readonly where: Where; readonly why: string }>>;
  readonly installScripts: Readonly<Record<string, string>>;
}

export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

/** A version, or one under another name: two versions of one package stand side by side that way. */
const EXACT = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

export function checkLicences(manifest: Manifest, lock: Lock, licences: Licences): readonly string[] {
  const packages = Object.entries(lock.packages).filter(([at]) => at !== "");
  const problems = packages.flatMap(([at, entry]) => licenceProblem(at, entry, lock, licences) ?? []);
  const scripted = packages.filter(([, entry]) => entry.hasInstallScript).map(([at]) => packageName(at));
  const allowed = Object.keys(licences.installScripts);
  for (const name of scripted.filter((n) => !allowed.includes(n))) problems.push(`${name}: has an install script`);
  const named = Object.keys(manifest.allowScripts ?? {}).toSorted();
  if (named.join() !== allowed.toSorted().join()) {
    problems.push(`package.json: allowScripts names [${named.join(", ")}], licences.json [${allowed.join(", ")}]`);
  }
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    if (!EXACT.test(version)) problems.push(`package.json: ${name} ${version} is not an exact version`);
  }
  const present = new Set(packages.map(([at]) => packageName(at)));
  for (const name of Object.keys(licences.exceptions).filter((n) => !present.has(n))) {
    problems.push(`licences.json: the exception for ${name} is for nothing`);
  }
  return problems;
}

function licenceProblem(at: string, entry: LockEntry, lock: Lock, licences: Licences): string | undefined {
  const name = packageName(at);
  const exception = licences.exceptions[name];
  const licence = entry.license ?? loaderOf(name, entry, lock)?.license;
  if (licence === undefined) return `${name}: states no licence`;
  if (exception !== undefined && exception.says === licence) {
    return exception.where === "anywhere" || entry.dev ? undefined : `${name}: its exception is for development only`;
  }
  const list = new Set(Object.keys({ ...licences.anywhere, ...(entry.dev ? licences.development : {}) }));
  return satisfied(licence, list)
    ? undefined
    : `${name}: ${licence} is not allowed${entry.dev ? "" : " in what is shipped"}`;
}

/**
 * The package that loads a platform package which npm did not read (tools/complete-lock.ts): it pins the exact version
 * and is published together with it, so its licence is the one that was agreed to.
 */
function loaderOf(name: string, entry: LockEntry, lock: Lock): LockEntry | undefined {
  if (entry.optional !== true) return undefined;
  return Object.values(lock.packages).find((parent) => parent.optionalDependencies?.[name] === entry.version);
}

/** SPDX: one side of an OR, both sides of an AND. A mixture needs a person, and so is not satisfied. */
function satisfied(expression: string, allowed: ReadonlySet<string>): boolean {
  const plain = expression.replace(/^\((.*)\)$/, "$1");
  const either = plain.split(" OR ");
  if (either.length > 1) return !plain.includes(" AND ") && either.some((id) => allowed.has(id));
  return plain.split(" AND ").every((id) => allowed.has(id));
}

function main(): number {
  const root = path.join(import.meta.dirname, "..");
  const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
  const lock = readLock(read("package-lock.json"));
  const licences = JSON.parse(read("tools/licences.json")) as Licences;
  const problems = checkLicences(JSON.parse(read("package.json")) as Manifest, lock, licences);
  for (const problem of problems) console.error(problem);
  console.log(`licences: ${Object.keys(lock.packages).length - 1} packages, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main();
