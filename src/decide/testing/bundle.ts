// SPDX-License-Identifier: Apache-2.0
// For tests: a bundle written into a temporary folder and loaded from there.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Problem } from "../../core/index.ts";
import type { CedarParser } from "../cedar/parser.ts";
import { schemaText } from "../schema-text.ts";
import { type Bundle, type Loaded, loadFolder } from "../sets/bundle.ts";
import { openParser } from "./cedar.ts";

/** A permit that nobody objects to. */
export const FINE = '@id("fine")\npermit (principal is Agent, action == Action::"view", resource is Document);\n';

/** A few profiles for rules to name. */
export const PROFILES = {
  "obligations.yaml": `
mask: { type: redact, categories: [secret, personal, personal], style: mask }
short: { type: max_bytes, max: 4096 }
`,
  "remedies.yaml": `
ask: { kind: approval, approvers: { group: approver } }
ask-two: { kind: approval, approvers: { group: board, count: 2, notRequester: false }, ttl: 15m, uses: 3, binds: [destination, data.flow.level] }
`,
} as const;

/** One for all loads of a test file; it keeps no process alive. */
const parser: CedarParser = openParser();

/** Loads these files; a manifest, the default schema and one policy stand in for what is not given. */
export async function loadFiles(files: Readonly<Record<string, string | undefined>>): Promise<Loaded> {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-decide-"));
  try {
    const whole = {
      "bailiwick.yaml": "name: test\ndomain: main\nowner: tests\n",
      "schema.cedarschema": schemaText(),
      "10-rules.cedar": FINE,
      ...files,
    };
    for (const [name, text] of Object.entries(whole)) {
      if (text === undefined) continue;
      await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
      await writeFile(path.join(dir, name), text);
    }
    return await loadFolder(dir, parser);
  } finally {
    await rm(dir, { recursive: true });
  }
}

export async function bundleOf(files: Readonly<Record<string, string | undefined>>): Promise<Bundle> {
  const loaded = await loadFiles(files);
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.bundle;
}

export async function problemsOf(files: Readonly<Record<string, string | undefined>>): Promise<readonly Problem[]> {
  const loaded = await loadFiles(files);
  return "problems" in loaded ? loaded.problems : loaded.bundle.problems;
}
