// SPDX-License-Identifier: Apache-2.0
// Reads a bundle's folder. Nothing in it is passed over in silence: what this version does not use it says.
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { BODY_MAX_BYTES, type Bytes, decodeUtf8, type Problem } from "../../core/index.ts";
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

/** What the files of a bundle are, or what is wrong with them. Problems that do not block come with the files. */
export interface FoundFiles {
  readonly files?: BundleFiles;
  readonly problems: readonly Problem[];
}

/** A bundle as it is handed over without a folder. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

export async function readFolder(dir: string): Promise<FoundFiles> {
  const problems: Problem[] = [];
  const listed = await list(dir, problems);
  return gather(listed, (name) => openFile(path.join(dir, name)), problems);
}

/** The same files that came as texts. */
export function readTexts(texts: readonly TextFile[]): Promise<FoundFiles> {
  const byName = new Map(texts.map(({ path: name, text }) => [name, text]));
  const listed = [...byName.keys()].toSorted().map((name) => ({ name, regular: isInside(name) }));
  return gather(listed, async (name) => Buffer.from(byName.get(name) ?? ""), []);
}

/** Every text of a bundle, in the order of their paths: what {@link readTexts} reads again. */
export function textsOf(files: BundleFiles): readonly TextFile[] {
  const all: readonly SourceFile[] = Object.values(files).flat();
  return all.map(({ path: name, text }) => ({ path: name, text })).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** A name that stays in its folder. */
function isInside(name: string): boolean {
  return name !== "" && !name.startsWith("/") && name.split("/").every((part) => part !== "" && part !== "..");
}

async function openFile(at: string): Promise<Bytes | undefined> {
  const { size } = await stat(at);
  return size > BODY_MAX_BYTES ? undefined : readFile(at);
}

async function gather(
  listed: readonly { readonly name: string; readonly regular: boolean }[],
  open: (name: string) => Promise<Bytes | undefined>,
  problems: Problem[],
): Promise<FoundFiles> {
  const read: Record<keyof BundleFiles, SourceFile[]> = {
    manifest: [],
    schema: [],
    policies: [],
    cases: [],
    obligations: [],
    remedies: [],
  };
  for (const { name, regular } of listed) {
    // hidden files are an editor's, notes are for people
    if (/(?:^|\/)\.|\.md$/.test(name)) continue;
    const kind = regular ? kindOf(name) : "foreign";
    if (kind === "later" || kind === "foreign") problems.push(unused(name, kind, regular));
    else await readInto(read[kind], name, open, problems);
  }
  return whole(read, problems);
}

function whole(read: Record<keyof BundleFiles, SourceFile[]>, problems: Problem[]): FoundFiles {
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

async function readInto(
  into: SourceFile[],
  name: string,
  open: (name: string) => Promise<Bytes | undefined>,
  problems: Problem[],
): Promise<void> {
  try {
    const bytes = await open(name);
    if (bytes === undefined)
      problems.push(problemIn(name, { code: "file_too_large", text: `larger than ${BODY_MAX_BYTES} bytes` }));
    else into.push(sourceFile(name, decodeUtf8(bytes)));
  } catch (cause) {
    problems.push(problemIn(name, { code: "file_unreadable", text: messageOf(cause) }));
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "unknown cause";
}
