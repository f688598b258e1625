// SPDX-License-Identifier: Apache-2.0
// The headers that repeat parts of a message (MCP 2026-07-28, request metadata), written from the message that goes up and
// from nothing that a client sent (enforce E21, E26).
import { isJsonArray, isJsonObject, type Json, type JsonObject, member } from "../../../core/index.ts";
import { META } from "../revision.ts";

export const MODERN_REVISION = "2026-07-28";

/** One mirrored argument: the header after `Mcp-Param-`, and the way to its value. */
export interface Mirrored {
  readonly header: string;
  readonly path: readonly string[];
}

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What a header carries as it is: visible ASCII, with spaces and tabs inside. */
const PLAIN = /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/;
const SENTINEL = /^=\?base64\?.*\?=$/s;
/** SOURCE: MCP 2026-07-28, standard request headers. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
]);
const DEPTH_MAX = 32;
const MIRRORED_MAX = 64;

/** The headers of one request. */
export function requestHeaders(
  method: string,
  params: JsonObject,
  mirrored: readonly Mirrored[],
): Record<string, string> {
  const version = member(member(params, "_meta"), META.version);
  const headers: Record<string, string> = {
    "mcp-protocol-version": typeof version === "string" ? headerValue(version) : MODERN_REVISION,
    "mcp-method": headerValue(method),
  };
  const name = member(params, NAMED.get(method) ?? "");
  if (typeof name === "string") headers["mcp-name"] = headerValue(name);
  for (const { header, path } of mirrored) {
    const text = mirroredText(path.reduce<Json | undefined>(member, member(params, "arguments")));
    if (text !== undefined) headers[`mcp-param-${header.toLowerCase()}`] = headerValue(text);
  }
  return headers;
}

/** What a tool's schema says is mirrored; nothing where it breaks the rules, and then the tool is not to be shown (E22). */
export function mirroredBy(inputSchema: Json | undefined): readonly Mirrored[] | undefined {
  const found: Mirrored[] = [];
  const seen = new Set<string>();
  const isValid = walk(inputSchema, [], (property, path) => {
    const header = member(property, "x-mcp-header");
    if (header === undefined) return true;
    const type = member(property, "type");
    const isPrimitive = type === "string" || type === "integer" || type === "boolean";
    if (typeof header !== "string" || !TOKEN.test(header) || !isPrimitive || seen.has(header.toLowerCase()))
      return false;
    seen.add(header.toLowerCase());
    found.push({ header, path });
    return found.length <= MIRRORED_MAX;
  });
  return isValid ? found : undefined;
}

type Visit = (property: JsonObject, path: readonly string[]) => boolean;

/** Visits what is reached by `properties` alone; an annotation anywhere else makes the whole schema invalid. */
function walk(schema: Json | undefined, path: readonly string[], visit: Visit): boolean {
  if (!isJsonObject(schema)) return true;
  if (path.length > DEPTH_MAX) return false;
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties" && isJsonObject(value)) {
      for (const [name, property] of Object.entries(value)) {
        if (!isJsonObject(property)) continue;
        if (!visit(property, [...path, name]) || !walk(property, [...path, name], visit)) return false;
      }
    } else if (!DATA.has(key) && isAnnotated(value, 0)) return false;
  }
  return true;
}

/** Members of a schema that hold values and no schema. */
const DATA: ReadonlySet<string> = new Set(["default", "const", "enum", "examples", "x-mcp-header"]);

function isAnnotated(json: Json, depth: number): boolean {
  if (depth > DEPTH_MAX) return true;
  if (isJsonArray(json)) return json.some((item) => isAnnotated(item, depth + 1));
  if (!isJsonObject(json)) return false;
  return Object.entries(json).some(
    ([key, value]) => key === "x-mcp-header" || (!DATA.has(key) && isAnnotated(value, depth + 1)),
  );
}

function mirroredText(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : undefined;
}

function headerValue(text: string): string {
  return PLAIN.test(text) && !SENTINEL.test(text) ? text : `=?base64?${Buffer.from(text).toString("base64")}?=`;
}
