// SPDX-License-Identifier: Apache-2.0
// A YAML file that people keep, into a checked value, or a fault that names file, line, column and member.
import { isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { ShareError, type ShareErrorCode } from "./errors.ts";

/** UNIT: UTF-16 units. A longer file is refused before it is parsed; the shipped ones have under 6,000. */
const FILE_MAX_UNITS = 256 * 1024;

/** One file: what it is called, its text, and the code of the fault that it is refused with. */
export interface YamlFile {
  readonly name: string;
  readonly text: string;
  readonly code: ShareErrorCode;
}

/** Aliases, duplicate keys and unknown members are refused. @throws ShareError with the file's code */
export function readYaml<T>(file: YamlFile, shape: z.ZodType<T>): T {
  const lines = new LineCounter();
  const refuse = (offset: number, why: string, more = 0): ShareError => {
    const { line, col } = lines.linePos(offset);
    const rest = more === 0 ? "" : ` (and ${more} more)`;
    return new ShareError(file.code, `reading ${file.name}:${line}:${col}: ${why}${rest}`);
  };
  if (file.text.length > FILE_MAX_UNITS) throw refuse(0, `longer than ${FILE_MAX_UNITS} characters`);
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [malformed, ...others] = [...document.errors, ...document.warnings];
  if (malformed !== undefined) throw refuse(malformed.pos[0], malformed.message, others.length);
  const parsed = shape.safeParse(plain(document, () => refuse(0, "it uses aliases: write each value out")));
  if (parsed.success) return parsed.data;
  const [issue, ...more] = parsed.error.issues;
  const at = issue?.path ?? [];
  const where = at.length === 0 ? "" : `${at.map(String).join(" ")}: `;
  // of a wrong name of a member it says only that it is wrong; why stands one level below
  const why = issue?.code === "invalid_key" ? issue.issues[0]?.message : issue?.message;
  throw refuse(offsetOf(document, at), `${where}${why ?? "invalid"}`, more.length);
}

type Document = ReturnType<typeof parseDocument>;

function plain(document: Document, aliased: () => ShareError): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    if (cause instanceof ReferenceError) throw aliased();
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
