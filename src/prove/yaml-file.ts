// SPDX-License-Identifier: Apache-2.0
// A YAML file that people keep, into a checked value, or a fault that names file, line, column and member.
import { readFile } from "node:fs/promises";
import { isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { quote } from "../core/index.ts";
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
  const lines = new LineCounter();
  const refused = (offset: number, why: string, more = 0): ProveError => {
    const { line, col } = lines.linePos(offset);
    const rest = more === 0 ? "" : ` (and ${more} more)`;
    return new ProveError(file.code, `reading ${file.path}:${line}:${col}: ${why}${rest}`);
  };
  if (file.text.length > FILE_MAX_UNITS) throw refused(0, `longer than ${FILE_MAX_UNITS} characters`);
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false });
  const [malformed] = [...document.errors, ...document.warnings];
  if (malformed !== undefined) throw refused(malformed.pos[0], malformed.message);
  const parsed = shape.safeParse(plain(document, refused));
  if (parsed.success) return parsed.data;
  const [issue, ...others] = parsed.error.issues;
  const where = issue?.path.map(String).join(".") ?? "";
  const why = issue?.message ?? "invalid";
  throw refused(offsetOf(document, issue?.path ?? []), where === "" ? why : `${where}: ${why}`, others.length);
}

type Document = ReturnType<typeof parseDocument>;

function plain(document: Document, refused: (offset: number, why: string) => ProveError): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    if (cause instanceof ReferenceError) throw refused(0, "it uses aliases");
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
