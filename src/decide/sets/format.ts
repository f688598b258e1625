// SPDX-License-Identifier: Apache-2.0
// The one form of policies, by Cedar's own formatter, with their comments. A file whose rules would not be the same after it
// stays as it is, and says so. Cedar's formatter of schemas drops comments, so a schema that has some stays as it is too.
import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { canonicalText, type Json, member, type Problem, type Timers } from "../../core/index.ts";
import { CedarParser } from "../cedar/parser.ts";
import { scan } from "../cedar/scan.ts";
import { askParser } from "./ask.ts";
import { readFolder } from "./folder.ts";
import { problemIn, type SourceFile } from "./source.ts";

export interface FormatSource {
  readonly dir: string;
  /** Nothing is written. */
  readonly check: boolean;
  /** For the parser's deadline. */
  readonly timers: Timers;
}

/** What became of each file. */
export interface Formatted {
  /** Had another form; written unless only checked. */
  readonly changed: readonly string[];
  readonly same: readonly string[];
  readonly problems: readonly Problem[];
}

export async function formatFolder({ dir, check, timers }: FormatSource): Promise<Formatted> {
  await using parser = new CedarParser(timers);
  const { files, problems } = await readFolder(dir);
  const changed: string[] = [];
  const same: string[] = [];
  const told: Problem[] = problems.filter(({ blocking }) => blocking);
  for (const file of files === undefined ? [] : [...files.policies, files.schema]) {
    const formatted = await formOf(parser, file, file === files?.schema);
    if ("problems" in formatted) {
      told.push(...formatted.problems);
      continue;
    }
    const isSame = formatted.text === file.text;
    (isSame ? same : changed).push(file.path);
    if (!isSame && !check) await replace(path.join(dir, file.path), formatted.text);
  }
  return { changed, same, problems: told };
}

type Form = { readonly text: string } | { readonly problems: readonly Problem[] };

function formOf(parser: CedarParser, file: SourceFile, isSchema: boolean): Promise<Form> {
  return isSchema ? schemaForm(parser, file) : policiesForm(parser, file);
}

async function policiesForm(parser: CedarParser, file: SourceFile): Promise<Form> {
  const before = await meaningOf(parser, file, file.text);
  if ("problems" in before) return before;
  const asked = await askParser(parser, { op: "format", text: file.text }, { file, start: 0, text: file.text });
  if ("problems" in asked) return asked;
  const text = member(asked.answer, "formatted_policy");
  if (typeof text !== "string") return { problems: [notFormatted(file)] };
  const after = await meaningOf(parser, file, text);
  const isKept =
    !("problems" in after) && after.meaning === before.meaning && commentsOf(text) === commentsOf(file.text);
  return isKept ? { text } : { problems: [notFormatted(file)] };
}

/** The policies as JSON, in their order. */
async function meaningOf(
  parser: CedarParser,
  file: SourceFile,
  text: string,
): Promise<{ readonly meaning: string } | { readonly problems: readonly Problem[] }> {
  const pieces = scan(text);
  if ("code" in pieces)
    return { problems: [problemIn(file.path, { code: pieces.code, text: "a policy is too deep to be formatted" })] };
  const policies: Json[] = [];
  for (const { start, end, template } of pieces) {
    const passage = { file, start, text: text.slice(start, end) };
    const asked = await askParser(parser, { op: template ? "template" : "policy", text: passage.text }, passage);
    if ("problems" in asked) return asked;
    policies.push(member(asked.answer, "json") ?? null);
  }
  return { meaning: canonicalText(policies) };
}

/** Words of comments, wherever they stand now. */
function commentsOf(text: string): string {
  return Array.from(text.matchAll(/\/\/[^\n]*/g), ([comment]) => comment.trimEnd()).join("\n");
}

function notFormatted({ path: file }: SourceFile): Problem {
  return problemIn(file, {
    code: "not_formatted",
    text: "Cedar's formatter would change what it says, so it stays as it is",
    fix: "write it in its form by hand, or leave it",
    blocking: false,
  });
}

async function schemaForm(parser: CedarParser, file: SourceFile): Promise<Form> {
  if (commentsOf(file.text) !== "") return { text: file.text };
  const asked = await askParser(parser, { op: "format-schema", text: file.text }, { file, start: 0, text: file.text });
  if ("problems" in asked) return asked;
  const text = member(asked.answer, "text");
  return typeof text === "string" ? { text } : { problems: [notFormatted(file)] };
}

/** Whole or not at all: an editor that looks meanwhile sees the old text or the new one. */
async function replace(file: string, text: string): Promise<void> {
  const unfinished = `${file}.tmp`;
  await writeFile(unfinished, text);
  await rename(unfinished, file);
}
