// SPDX-License-Identifier: Apache-2.0
// Every error code of the sources, and its row in docs/reference/errors.yaml: what happened, and what to do.
import { parseSync, type TSType, Visitor } from "oxc-parser";
import { parse } from "yaml";
import { z } from "zod";

export type ErrorRows = Readonly<Record<string, { readonly what: string; readonly do: string }>>;

const rows: z.ZodType<ErrorRows> = z.record(
  z.string(),
  z.strictObject({ what: z.string().min(1), do: z.string().min(1) }),
);

/** @throws ZodError where a row has not both sentences */
export function readRows(text: string): ErrorRows {
  return rows.parse(parse(text));
}

/** The members of each `type ...ErrorCode = "A" | "B"` in a source file. */
export function codesIn(file: string, text: string): readonly string[] {
  const codes: string[] = [];
  const { program } = parseSync(file, text);
  new Visitor({
    TSTypeAliasDeclaration({ id, typeAnnotation }) {
      if (id.name.endsWith("ErrorCode")) codes.push(...literals(typeAnnotation));
    },
  }).visit(program);
  return codes;
}

function literals(type: TSType): readonly string[] {
  if (type.type === "TSUnionType") return type.types.flatMap(literals);
  const literal = type.type === "TSLiteralType" && "value" in type.literal ? type.literal.value : undefined;
  return typeof literal === "string" ? [literal] : [];
}

/** @throws Error naming each code without a row, and each row without a code */
export function errorsPage(codes: readonly string[], table: ErrorRows): string {
  const without = codes.filter((code) => table[code] === undefined).map((code) => `${code} has no row`);
  const unused = Object.keys(table).filter((code) => !codes.includes(code));
  const wrong = [...without, ...unused.map((code) => `${code} has a row and is no code`)];
  if (wrong.length > 0) throw new Error(`docs/reference/errors.yaml: ${wrong.join(", ")}`);
  const rooms = [...new Set(codes.map(roomOf))].toSorted();
  return [
    "# Error codes\n",
    "Generated from the sources and `errors.yaml` by `npm run gen`. A code keeps its meaning across versions (VERSIONING.md).\n",
    ...rooms.map((room) => {
      const lines = codes.filter((code) => roomOf(code) === room).map((code) => line(code, table));
      return `## ${room}\n\n| code | what happened | what to do |\n| --- | --- | --- |\n${lines.join("\n")}\n`;
    }),
  ].join("\n");
}

function roomOf(code: string): string {
  return code.slice(0, code.indexOf("_")).toLowerCase();
}

function line(code: string, table: ErrorRows): string {
  const row = table[code];
  return `| \`${code}\` | ${cell(row?.what ?? "")} | ${cell(row?.do ?? "")} |`;
}

function cell(text: string): string {
  return text.trim().replaceAll("\n", " ").replaceAll("|", "\\|");
}
