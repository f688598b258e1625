// SPDX-License-Identifier: Apache-2.0
// A YAML file that people keep, into a checked value, or a fault that names file, line, column and member.
import { readFile } from "node:fs/promises";
import { isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { type Problem, quote } from "../core/index.ts";
import { ProveError, type ProveErrorCode } from "./errors.ts";

/** UNIT: UTF-16 units. A longer file is refused before it is parsed; the largest in use has 8,000. */
const FILE_MAX_UNITS: number = 1024 * 1024;

/** One file: its text, and the code of the fault that it is refused with. */
export interface YamlFile {
  readonly path: string;
  readonly text: string;
  readonly code: ProveErrorCode;
}

/** @returns nothing where there is no such file @throws ProveError PROVE_FILE_UNREADABLE */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new ProveError("PROVE_FILE_UNREADABLE", `reading ${quote(path)}`, { cause });
  }
}

/** Parses and checks; aliases, duplicate keys and unknown members are refused. @throws ProveError with the file's code */
export function parseYaml<T>(file: YamlFile, shape: z.ZodType<T>): T {
  const { value, problems } = checkYaml(file, shape);
  if (value !== undefined) return value;
  const [first, ...others] = problems;
  const rest = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const { line = 0, column = 0, text = "invalid" } = first ?? {};
  throw new ProveError(file.code, `reading ${file.path}:${line}:${column}: ${text}${rest}`);
}

/** What became of a file: its value, or every problem; and where its members stand. */
export interface CheckedYaml<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
  /** A problem at a member; `units` is how far into its text, in UTF-16 units. */
  readonly problemAt: (
    path: readonly PropertyKey[],
    text: string,
    more?: { readonly units?: number; readonly fix?: string },
  ) => Problem;
}

/** The same as {@link parseYaml}, for a person who wants to see all that is wrong. */
export function checkYaml<T>(file: YamlFile, shape: z.ZodType<T>): CheckedYaml<T> {
  const lines = new LineCounter();
  const at = (offset: number, text: string, fix?: string): Problem => {
    const { line, col } = lines.linePos(offset);
    const common = { code: file.code, file: file.path, line, column: col, text, blocking: true };
    return fix === undefined ? common : { ...common, fix };
  };
  const refused = (...problems: readonly Problem[]): CheckedYaml<T> => ({
    value: undefined,
    problems,
    problemAt: (_, text) => at(0, text),
  });
  if (file.text.length > FILE_MAX_UNITS) return refused(at(0, `longer than ${FILE_MAX_UNITS} characters`));
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false });
  const [malformed] = [...document.errors, ...document.warnings];
  if (malformed !== undefined) return refused(at(malformed.pos[0], malformed.message));
  const value = plain(document);
  if (value === ALIASED) return refused(at(0, "it uses aliases"));
  const parsed = shape.safeParse(value);
  const issues = parsed.error?.issues ?? [];
  return {
    value: parsed.data,
    problems: issues.map((issue) => {
      const where = issue.path.map(String).join(".");
      return at(offsetOf(document, issue.path), where === "" ? issue.message : `${where}: ${issue.message}`);
    }),
    problemAt: (path, text, { units = 0, fix } = {}) => {
      const offset = offsetOf(document, path);
      const node: unknown = document.getIn(path, true);
      const into =
        units > 0 && isScalar(node) && typeof node.value === "string"
          ? unitsInto(file.text, offset, node.value.slice(0, units))
          : 0;
      return at(offset + into, text, fix);
    },
  };
}

type Document = ReturnType<typeof parseDocument>;
const ALIASED = Symbol("aliased");

function plain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    if (cause instanceof ReferenceError) return ALIASED;
    throw cause;
  }
}

/** Where the deepest part of a path that exists begins. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** How far the source runs on until it has said `said`: a quote, and the line ends at which a long text is folded. */
function unitsInto(source: string, offset: number, said: string): number {
  let at = offset;
  if (source[at] === "'" || source[at] === '"') at += 1;
  for (const unit of said) {
    if (unit === " ") while (/\s/.test(source[at + 1] ?? "") && /\s/.test(source[at] ?? "")) at += 1;
    at += 1;
  }
  return at - offset;
}

/** A word of a list that stands in the data. */
export function oneOf(what: string, known: { has(word: string): boolean }): z.ZodType<string> {
  return z.string().refine((word) => known.has(word), {
    error: ({ input }) => `no such ${what}: ${quote(String(input))}`,
  });
}

/** A list without repetition of a member's id. */
export function unique<T>(list: z.ZodType<readonly T[]>, idOf: (one: T) => string): z.ZodType<readonly T[]> {
  return list.superRefine((all, context) => {
    const seen = new Set<string>();
    for (const [index, one] of all.entries()) {
      const id = idOf(one);
      if (seen.has(id)) context.addIssue({ code: "custom", path: [index], message: `${quote(id)} stands twice` });
      seen.add(id);
    }
  });
}
