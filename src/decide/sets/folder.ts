// SPDX-License-Identifier: Apache-2.0
// Reads a bundle's folder. Nothing in it is passed over in silence: what this version does not use it says.
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { BODY_MAX_BYTES, decodeUtf8, type Problem } from "../../core/index.ts";
import { problemIn, type SourceFile, sourceFile } from "./source.ts";

const MANIFEST_FILE = "bailiwick.yaml";
const SCHEMA_FILE = "schema.cedarschema";
const OBLIGATIONS_FILE = "obligations.yaml";
const REMEDIES_FILE = "remedies.yaml";

export interface BundleFiles {
  readonly manifest: SourceFile;
  readonly schema: SourceFile;
  /** In the order of their paths, which is bundle order. */
  readonly policies: readonly SourceFile[];
  readonly cases: readonly SourceFile[];
  /** What limits name; absent where the bundle has none. */
  readonly obligations?: SourceFile;
  /** What challenges name; absent where the bundle has none. */
  readonly remedies?: SourceFile;
}

type Kind = keyof BundleFiles | "later" | "foreign";

/** Files of a later version; a bundle that has one expects duties that this version would not carry out. */
const LATER: ReadonlySet<string> = new Set(["links.json", "history.yaml"]);

/** All the files, or what is wrong with the folder. Problems that do not block come with the files. */
export async function readFolder(
  dir: string,
): Promise<{ readonly files?: BundleFiles; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const read: Record<keyof BundleFiles, SourceFile[]> = {
    manifest: [],
    schema: [],
    policies: [],
    cases: [],
    obligations: [],
    remedies: [],
  };
  for (const { name, regular } of await list(dir, problems)) {
    // hidden files are an editor's, notes are for people
    if (/(?:^|\/)\.|\.md$/.test(name)) continue;
    const kind = regular ? kindOf(name) : "foreign";
    if (kind === "later" || kind === "foreign") problems.push(unused(name, kind, regular));
    else await readInto(read[kind], dir, name, problems);
  }
  const [manifest] = read.manifest;
  const [schema] = read.schema;
  if (manifest === undefined || schema === undefined) {
    if (!problems.some((problem) => problem.blocking)) {
      const missing = manifest === undefined ? MANIFEST_FILE : SCHEMA_FILE;
      problems.push(problemIn(missing, { code: "file_missing", text: `a bundle needs ${missing}`, fix: "write it" }));
    }
    return { problems };
  }
  const [obligations] = read.obligations;
  const [remedies] = read.remedies;
  const files: BundleFiles = {
    manifest,
    schema,
    policies: read.policies,
    cases: read.cases,
    ...(obligations === undefined ? {} : { obligations }),
    ...(remedies === undefined ? {} : { remedies }),
  };
  return { files, problems };
}

async function list(dir: string, problems: Problem[]): Promise<{ name: string; regular: boolean }[]> {
  try {
    const found = await readdir(dir, { recursive: true, withFileTypes: true });
    return found
      .filter((entry) => !entry.isDirectory())
      .map((entry) => ({ name: relative(dir, entry.parentPath, entry.name), regular: entry.isFile() }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    problems.push(problemIn("", { code: "folder_unreadable", text: `the folder cannot be read: ${messageOf(cause)}` }));
    return [];
  }
}

function relative(dir: string, parent: string, name: string): string {
  return path.relative(dir, path.join(parent, name)).split(path.sep).join("/");
}

function kindOf(name: string): Kind {
  if (name === MANIFEST_FILE) return "manifest";
  if (name === SCHEMA_FILE) return "schema";
  if (name === OBLIGATIONS_FILE) return "obligations";
  if (name === REMEDIES_FILE) return "remedies";
  if (LATER.has(name)) return "later";
  if (name.endsWith(".cedar")) return "policies";
  if (/^cases\/[^/]+\.yaml$/.test(name)) return "cases";
  return "foreign";
}

function unused(name: string, kind: "later" | "foreign", regular: boolean): Problem {
  if (kind === "later")
    return problemIn(name, {
      code: "not_in_this_version",
      text: `this version does not read ${name}, and would leave out what it asks for`,
      fix: "remove the file, or use a version that reads it",
    });
  return problemIn(name, {
    code: regular ? "unknown_file" : "not_a_file",
    text: regular ? "no part of a bundle has this name; it is not read" : "links and devices are not followed",
    // a policy behind a link would be missing, a stray file is only untidy
    blocking: !regular,
  });
}

async function readInto(into: SourceFile[], dir: string, name: string, problems: Problem[]): Promise<void> {
  try {
    const at = path.join(dir, name);
    if ((await stat(at)).size > BODY_MAX_BYTES)
      problems.push(problemIn(name, { code: "file_too_large", text: `larger than ${BODY_MAX_BYTES} bytes` }));
    else into.push(sourceFile(name, decodeUtf8(await readFile(at))));
  } catch (cause) {
    problems.push(problemIn(name, { code: "file_unreadable", text: messageOf(cause) }));
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "unknown cause";
}
