// SPDX-License-Identifier: Apache-2.0
// A folder in which nothing was started yet gets what a first start needs: a configuration, rules with their cases, and a
// place for data. What is there already is not touched, and where it is in the way nothing is written at all (experience X11).
import { access, chmod, copyFile, cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { quote } from "../../core/index.ts";
import { type Bundle, loadBundle } from "../../decide/index.ts";
import { SCHEMA_FILE } from "../config-schema.ts";
import { ServerError } from "../errors.ts";
import { systemTimers } from "../system.ts";

/** What was written, and what was there and stays. */
export interface Prepared {
  readonly wrote: readonly string[];
  readonly kept: readonly string[];
}

export interface FolderAsked {
  /** Where `bailiwick.yaml` belongs. */
  readonly file: string;
  readonly dataDir: string;
  /** The package. */
  readonly root: string;
}

const SCHEMA_NAME = "bailiwick.schema.json";

/** @returns nothing where there is a configuration already @throws ServerError SERVER_FOLDER_REFUSED: then nothing was written */
export async function prepareFolder({ file, dataDir, root }: FolderAsked): Promise<Prepared | undefined> {
  if (await exists(file)) return undefined;
  const folder = path.dirname(file);
  const policies = path.join(folder, "policies");
  const hadPolicies = await isFilled(policies);
  const bundle = await bundleOf(hadPolicies ? policies : path.join(root, "policies", "starter"), hadPolicies);
  const text = configText(folder, dataDir);
  try {
    if (!hadPolicies) await copyWhole(path.join(root, "policies", "starter"), policies);
    const hadData = await exists(dataDir);
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    if (!hadData) await chmod(dataDir, 0o700);
    await copyFile(path.join(root, SCHEMA_FILE), path.join(dataDir, SCHEMA_NAME));
    // last, because whoever finds it starts by it
    await writeFile(file, text, { flag: "wx" });
    return told({ text, bundle, hadPolicies, hadData });
  } catch (cause) {
    throw refused(folder, cause instanceof Error ? cause.message : "it cannot be written", cause);
  }
}

function told(made: {
  readonly text: string;
  readonly bundle: Bundle;
  readonly hadPolicies: boolean;
  readonly hadData: boolean;
}): Prepared {
  const { text, bundle, hadPolicies, hadData } = made;
  const cases = bundle.cases.reduce((sum, { content }) => sum + content.cases.length, 0);
  const rules = `policies/ (${bundle.policies.length} rules, ${cases} cases)`;
  return {
    wrote: [
      `bailiwick.yaml (${text.trimEnd().split("\n").length} lines)`,
      ...(hadPolicies ? [] : [rules]),
      ...(hadData ? [] : ["data/ (only you can read it)"]),
    ],
    kept: [...(hadPolicies ? [rules] : []), ...(hadData ? ["data/"] : [])],
  };
}

/** Ten lines: what a first start needs to say, and where the rest is described. */
function configText(folder: string, dataDir: string): string {
  const data = relative(folder, dataDir);
  return `# yaml-language-server: $schema=${data}/${SCHEMA_NAME}
# Written by a first \`npx bailiwick up\`. An unknown member is an error; what may stand here, the schema says.
port: 7400
dataDir: ${data}
policies:
  dir: ./policies
mcp:
  # what a new server begins with; npx bailiwick policy observe says what enforcing it would stop
  mode: observe
  servers: {}
`;
}

function relative(folder: string, place: string): string {
  const found = path.relative(folder, place);
  return found.startsWith("..") || path.isAbsolute(found) ? place : `./${found}`;
}

/** @throws ServerError where the folder that is there holds something else */
async function bundleOf(dir: string, isTheirs: boolean): Promise<Bundle> {
  const loaded = await loadBundle({ dir, timers: systemTimers });
  if ("bundle" in loaded) return loaded.bundle;
  const [first] = loaded.problems.filter(({ blocking }) => blocking);
  const why = `${first?.file ?? "it"}: ${first?.text ?? "cannot be used"}`;
  if (!isTheirs) throw refused(dir, why);
  throw new ServerError("SERVER_FOLDER_REFUSED", `starting here: policies/ is there, and is no set of rules: ${why}`, {
    fix: "start in an empty folder, or mend it: npx bailiwick policy check",
  });
}

/** Whole or not at all: a set of rules of which half was copied would be another set. */
async function copyWhole(from: string, to: string): Promise<void> {
  const beside = `${to}.${process.pid}.new`;
  try {
    await cp(from, beside, { recursive: true, errorOnExist: true, force: false });
    await rename(beside, to);
  } catch (cause) {
    await rm(beside, { recursive: true, force: true });
    throw cause;
  }
}

async function isFilled(dir: string): Promise<boolean> {
  const found = await readdir(dir).catch((cause: unknown) => {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw refused(path.dirname(dir), `policies is there, and is no folder that can be read`, cause);
  });
  return found !== undefined && found.length > 0;
}

async function exists(place: string): Promise<boolean> {
  return access(place).then(
    () => true,
    () => false,
  );
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}

function refused(folder: string, why: string, cause?: unknown): ServerError {
  return new ServerError("SERVER_FOLDER_REFUSED", `starting in ${quote(folder)}: ${why}`, {
    cause,
    fix: "start in an empty folder that you may write to",
  });
}
