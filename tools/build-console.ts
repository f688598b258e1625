// SPDX-License-Identifier: Apache-2.0
// Builds the console into console/dist, with a compressed form beside each file, and holds it to its size. With
// `--if-older` nothing is done where the build is newer than every source. It runs on `npm ci` too, so that `npm start`
// has a console to show; a machine without the development packages keeps what it has and is told.
import { globSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const ROOT = path.join(import.meta.dirname, "..");
const DIST = path.join(ROOT, "console", "dist");

/** UNIT: bytes, by gzip. What a browser fetches before the first screen stands; of it the style sheets. */
export const FIRST_LOAD_MAX_BYTES = 190_000;
export const STYLES_MAX_BYTES = 15_000;
/** UNIT: bytes, by gzip. What opening any other screen fetches, with all that it shares with others. */
export const SCREEN_MAX_BYTES = 40_000;
/** UNIT: bytes, by gzip, of everything. */
export const ALL_MAX_BYTES = 700_000;

export interface Size {
  readonly file: string;
  readonly gzip: number;
}

/**
 * What is over its bar, in words; empty when all fits.
 * @param page - text of index.html: what it names is the first load, and everything else is fetched by some screen
 */
export function overSize(sizes: readonly Size[], page: string): readonly string[] {
  const isFirst = ({ file }: Size): boolean => file === "index.html" || page.includes(path.posix.basename(file));
  const [first, later] = [sum(sizes.filter(isFirst)), sizes.filter((size) => !isFirst(size))];
  const styles = sum(sizes.filter((size) => isFirst(size) && size.file.endsWith(".css")));
  // a screen is counted with every chunk that screens share, though it may use only some of them
  const shared = sum(later.filter(({ file }) => !isScreen(file, later)));
  const screens = later.filter(({ file }) => file.endsWith(".js") && isScreen(file, later));
  const withStyles = screens.map(({ file, gzip }) => ({ file, gzip: gzip + shared + stylesOf(file, later) }));
  return [
    ...(sizes.length === 0 ? ["console/dist: no file was built"] : []),
    ...(first > FIRST_LOAD_MAX_BYTES ? [`the first load is ${first} bytes, over ${FIRST_LOAD_MAX_BYTES}`] : []),
    ...(styles > STYLES_MAX_BYTES ? [`the style sheets are ${styles} bytes, over ${STYLES_MAX_BYTES}`] : []),
    ...withStyles.flatMap(({ file, gzip }) =>
      gzip > SCREEN_MAX_BYTES ? [`opening ${file} fetches ${gzip} bytes, over ${SCREEN_MAX_BYTES}`] : [],
    ),
    ...(sum(sizes) > ALL_MAX_BYTES ? [`all of it is ${sum(sizes)} bytes, over ${ALL_MAX_BYTES}`] : []),
  ];
}

function sum(list: readonly Size[]): number {
  return list.reduce((all, { gzip }) => all + gzip, 0);
}

/** A file's name without the digest of its content: `decisions` of `assets/decisions-B6TzdVpi.js`. */
function nameOf(file: string): string {
  return path.posix.basename(file).replace(/-[A-Za-z0-9_-]{8}\.\w+$/, "");
}

/** A screen's script has a style sheet of the same name; what has none is shared. */
function isScreen(file: string, all: readonly Size[]): boolean {
  return all.some((other) => other.file.endsWith(".css") && nameOf(other.file) === nameOf(file));
}

function stylesOf(file: string, all: readonly Size[]): number {
  return sum(all.filter((other) => other.file.endsWith(".css") && nameOf(other.file) === nameOf(file)));
}

/** True where some source is newer than the build, or there is none. */
export function isOlder(built: number | undefined, sources: readonly number[]): boolean {
  return built === undefined || sources.some((at) => at > built);
}

function changedAt(file: string): number {
  return statSync(path.join(ROOT, file)).mtimeMs;
}

function needsBuild(): boolean {
  const sources = ["console/index.html", "console/vite.config.ts", "package-lock.json"];
  const code = globSync(["console/src/**/*", "src/sdk/*.ts"], { cwd: ROOT, exclude: ["**/*.test.ts"] });
  const built = statSync(path.join(DIST, "index.html"), { throwIfNoEntry: false })?.mtimeMs;
  return isOlder(built, [...sources, ...code].map(changedAt));
}

async function compress(): Promise<readonly Size[]> {
  const files = globSync("**/*.{html,js,css,svg}", { cwd: DIST });
  const sizes: Size[] = [];
  for (const file of files.toSorted()) {
    const content = await readFile(path.join(DIST, file));
    const gzip = gzipSync(content, { level: 9 });
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
    writeFileSync(path.join(DIST, `${file}.gz`), gzip);
    writeFileSync(path.join(DIST, `${file}.br`), brotliCompressSync(content, quality));
    sizes.push({ file, gzip: gzip.byteLength });
  }
  return sizes;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--if-older") && !needsBuild()) return 0;
  const vite = await import("vite").catch(() => undefined);
  if (vite === undefined) {
    console.error("console: not built, for the development packages are not here; `npm ci` brings them");
    return args.includes("--if-older") ? 0 : 1;
  }
  await vite.build({ configFile: path.join(ROOT, "console", "vite.config.ts") });
  const sizes = await compress();
  const problems = overSize(sizes, await readFile(path.join(DIST, "index.html"), "utf8"));
  for (const problem of problems) console.error(problem);
  console.log(`console: ${sizes.length} files, ${(sum(sizes) / 1000).toFixed(1)} kB gzip of ${ALL_MAX_BYTES / 1000}`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
