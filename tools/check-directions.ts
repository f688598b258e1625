// SPDX-License-Identifier: Apache-2.0
// The build fails on an import that directions.json does not have: who may know whom is decided there, not by habit.
import { globSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { type Import, importsOf } from "./imports.ts";

/** What one room may import. `type x` by `import type` only, `dynamic x` by `import()` only; a list left out is open. */
export interface Room {
  readonly rooms: readonly string[];
  /** Node modules, without `node:`. */
  readonly node?: readonly string[];
  readonly npm?: readonly string[];
}
export type Directions = Readonly<Record<string, Room>>;

/** Where rooms live, and what their path is called by there. */
const ROOTS: readonly (readonly [folder: string, prefix: string])[] = [
  ["src", ""],
  ["console/src", "console/"],
];
const TEST = /\.test(?:-d)?\.tsx?$|\/testing\//;
const PACKAGE = /^(?:@[a-z0-9._-]+\/)?[a-z0-9._-]+/;

/** Every import under `root` that the table refuses, as `file:line  why`; and how many files were looked at. */
export function checkDirections(root: string, table: Directions): { files: number; problems: readonly string[] } {
  const files = ROOTS.flatMap(([folder]) => globSync(`${folder}/**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}`, { cwd: root }));
  const problems = Object.entries(table).flatMap(([name, { rooms }]) =>
    rooms.filter((to) => table[bare(to)] === undefined).map((to) => `directions.json: ${name} names no room: ${to}`),
  );
  if (files.length === 0) problems.push(`${root}: no file was seen, so nothing was checked`);
  for (const file of files.map((f) => f.replaceAll(path.sep, "/")).toSorted()) {
    const room = roomOf(file, table);
    if (room === undefined) {
      problems.push(`${file}:1  lies in no room`);
      continue;
    }
    for (const found of importsOf(file, readFileSync(path.join(root, file), "utf8"))) {
      const why = refusal(file, room, found, table);
      if (why !== undefined) problems.push(`${file}:${found.line}  ${why}`);
    }
  }
  return { files: files.length, problems };
}

/** The room with the longest matching name. */
function roomOf(file: string, table: Directions): string | undefined {
  const inside = ROOTS.filter(([folder]) => file.startsWith(`${folder}/`));
  const named = inside.map(([folder, prefix]) => `${prefix}${file.slice(folder.length + 1)}`)[0];
  const rooms = Object.keys(table).filter((room) => named?.startsWith(`${room}/`));
  return rooms.toSorted((a, b) => b.length - a.length)[0];
}

function refusal(file: string, room: string, found: Import, table: Directions): string | undefined {
  const { specifier, how } = found;
  if (specifier === undefined) return "import() of what is no string literal: nobody can see where it leads";
  if (specifier.startsWith("./") || specifier.startsWith("../")) return ourRefusal(file, room, found, table);
  const test = TEST.test(file);
  if (isBuiltin(specifier)) {
    const name = specifier.replace(/^node:/, "");
    return test || mayImport(table[room]?.node, name, how) ? undefined : `${room} may not import node:${name}`;
  }
  const name = PACKAGE.exec(specifier)?.[0];
  if (name === undefined || name === "bailiwick") return `${specifier}: ours is imported by a relative path`;
  return test || mayImport(table[room]?.npm, name, how) ? undefined : `${room} may not import the package ${name}`;
}

/** What is wrong with an import of one of our own files. */
function ourRefusal(
  file: string,
  room: string,
  { specifier = "", how }: Import,
  table: Directions,
): string | undefined {
  const target = path.posix.join(path.posix.dirname(file), specifier);
  const to = roomOf(target, table);
  const test = TEST.test(file);
  if (to === undefined) return test && target.startsWith("test/") ? undefined : `${target} lies in no room`;
  if (target.includes("/testing/")) return test ? undefined : `${target} is for tests only`;
  if (to === room) return undefined;
  // record and record/verify know nothing of each other, and their tests hold one against the other
  const nested = test && (to.startsWith(`${room}/`) || room.startsWith(`${to}/`));
  if (!nested && !mayImport(table[room]?.rooms, to, how))
    return `${room} may not import ${to}${how === "value" ? "" : ` (${how})`}`;
  return target === `src/${to}/index.ts` ? undefined : `${target} is behind the index.ts of ${to}`;
}

/** `x` opens a name for every import, `type x` and `dynamic x` for one kind; no list opens all names. */
function mayImport(list: readonly string[] | undefined, name: string, how: Import["how"]): boolean {
  return list === undefined || list.includes(name) || (how !== "value" && list.includes(`${how} ${name}`));
}

function bare(grant: string): string {
  return grant.replace(/^(?:type|dynamic) /, "");
}

function main(): number {
  const table = JSON.parse(readFileSync(path.join(import.meta.dirname, "directions.json"), "utf8")) as Directions;
  const { files, problems } = checkDirections(path.join(import.meta.dirname, ".."), table);
  for (const problem of problems) console.error(problem);
  console.log(`directions: ${files} files, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main();
