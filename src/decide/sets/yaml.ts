// SPDX-License-Identifier: Apache-2.0
// YAML that a person wrote, into a checked value or problems with line and column. Integers stay whole whatever their size.
import { isNode, parseDocument } from "yaml";
import type { z } from "zod";
import { type Json, jsonObject, type Problem, RawNumber } from "../../core/index.ts";
import { problemAt, type SourceFile } from "./source.ts";

/** Nodes that aliases of one document may stand for. */
const ALIASES_MAX = 10_000;

/** Reads one document against a zod schema, which sees JSON. */
export function readYaml<T>(
  file: SourceFile,
  shape: z.ZodType<T>,
): { readonly value: T } | { readonly problems: readonly Problem[] } {
  const document = parseDocument(file.text, { intAsBigInt: true, merge: true, prettyErrors: false });
  const malformed = [...document.errors, ...document.warnings];
  if (malformed.length > 0)
    return {
      problems: malformed.map(({ message, pos }) => problemAt(file, pos[0], { code: "yaml_malformed", text: message })),
    };
  const json = expand(document);
  if (json === undefined)
    return { problems: [problemAt(file, 0, { code: "yaml_malformed", text: "aliases that grow too large" })] };
  const parsed = shape.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  return {
    problems: parsed.error.issues.map(({ path, message }) => {
      const where = path.map(String).join(".");
      return problemAt(file, offsetOf(document, path), {
        code: "yaml_invalid",
        text: where === "" ? message : `${where}: ${message}`,
      });
    }),
  };
}

/** The plain value; nothing where aliases multiply beyond {@link ALIASES_MAX}. */
function expand(document: ReturnType<typeof parseDocument>): Json | undefined {
  try {
    return toJson(document.toJS({ maxAliasCount: ALIASES_MAX }));
  } catch (cause) {
    if (cause instanceof ReferenceError) return undefined;
    throw cause;
  }
}

/** Where the deepest part of a path that exists begins. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function toJson(value: unknown): Json {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : new RawNumber(String(value));
  }
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "object" && value !== null)
    return jsonObject(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return null;
}
