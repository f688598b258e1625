// SPDX-License-Identifier: Apache-2.0
// Builds the verifier into one file, dist/verify.mjs: it runs with Node alone, without this package, and travels in exports.
// With `--if-older` nothing is done where the build is newer than every source.
import { globSync, statSync } from "node:fs";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..");
const OUT = path.join(ROOT, "dist", "verify.mjs");

/** @param file - where to; its folder is made */
export async function buildVerifier(file: string): Promise<void> {
  const { build } = await import("vite");
  await build({
    configFile: false,
    logLevel: "error",
    root: ROOT,
    ssr: { noExternal: true, target: "node" },
    build: {
      ssr: path.join(ROOT, "src", "cli", "verify-main.ts"),
      outDir: path.dirname(file),
      emptyOutDir: false,
      target: "node20",
      minify: false,
      rolldownOptions: { output: { format: "es", entryFileNames: path.basename(file), codeSplitting: false } },
    },
  });
}

function needsBuild(): boolean {
  const built = statSync(OUT, { throwIfNoEntry: false })?.mtimeMs;
  const sources = globSync(["src/record/verify/*.ts", "src/cli/**/*.ts"], { cwd: ROOT, exclude: ["**/*.test.ts"] });
  return built === undefined || sources.some((file) => statSync(path.join(ROOT, file)).mtimeMs > built);
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--if-older") && !needsBuild()) return 0;
  try {
    await buildVerifier(OUT);
  } catch (cause) {
    console.error(`verify.mjs: not built: ${cause instanceof Error ? cause.message : String(cause)}`);
    return args.includes("--if-older") ? 0 : 1;
  }
  console.log(`verify.mjs: ${(statSync(OUT).size / 1000).toFixed(1)} kB`);
  return 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
