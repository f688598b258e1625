// SPDX-License-Identifier: Apache-2.0
// Writes what is generated from the sources: reference pages, and the schemas of policy bundles and duties. `--check` writes
// nothing and fails where a file is not what would be written.
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { COMMANDS } from "../src/cli/commands.ts";
import { schemaText } from "../src/decide/index.ts";
import { configSchemaText, SCHEMA_FILE } from "../src/server/config-schema.ts";
import { cliPage } from "./cli-page.ts";
import { codesIn, errorsPage, readRows } from "./error-codes.ts";
import { regimesSchemas } from "./regimes-schema.ts";

const ROOT = path.join(import.meta.dirname, "..");

/** Every generated file, by path from the root. */
function generated(): Readonly<Record<string, string>> {
  const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
  const sources = globSync("src/**/*.ts", { cwd: ROOT, exclude: ["**/*.test.ts"] }).toSorted();
  const codes = sources.flatMap((file) => codesIn(file, read(file)));
  const schemas = globSync("policies/*/schema.cedarschema", { cwd: ROOT });
  return {
    "docs/reference/errors.md": errorsPage(codes, readRows(read("docs/reference/errors.yaml"))),
    "docs/reference/cli.md": cliPage(COMMANDS),
    [SCHEMA_FILE]: configSchemaText(),
    ...Object.fromEntries(schemas.map((file) => [file, schemaText()])),
    ...Object.fromEntries(Object.entries(regimesSchemas()).map(([name, text]) => [`regulations/schema/${name}`, text])),
  };
}

function main(args: readonly string[]): number {
  const check = args.includes("--check");
  const files = Object.entries(generated());
  const stale = files.filter(([file, text]) => {
    const at = path.join(ROOT, file);
    return !existsSync(at) || readFileSync(at, "utf8") !== text;
  });
  for (const [file, text] of stale) {
    if (check) console.error(`${file} is not what the sources say: npm run gen`);
    else writeFileSync(path.join(ROOT, file), text);
  }
  console.log(`generated: ${files.length} files, ${stale.length} ${check ? "stale" : "written"}`);
  return check && stale.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
