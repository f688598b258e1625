// SPDX-License-Identifier: Apache-2.0
// The headers of 2026-07-28 that repeat what a body says, for bodies that came over stdio, where there are none.
// SOURCE: MCP 2026-07-28, Streamable HTTP: standard headers, value encoding, `x-mcp-header`
import { isJsonArray, isJsonObject, type Json, member, RawNumber } from "../core/index.ts";
import { type Message, revisionOf } from "./message.ts";

/** Which member of `params` the header `Mcp-Name` repeats, by method. */
const NAMED_BY: ReadonlyMap<string, string> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"],
]);
/** Tools whose schemas are remembered. */
const TOOLS_MAX = 1000;
/** Levels of a schema that are looked through. */
const DEPTH_MAX = 16;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** An argument that a tool wants repeated in a header. */
interface Mirrored {
  readonly path: readonly string[];
  readonly header: string;
}

/** Learns from lists of tools which arguments are repeated, and repeats them. */
export class MirroredHeaders {
  private readonly byTool = new Map<string, readonly Mirrored[]>();

  /** Looks at an answer on its way to the client. */
  learn(answer: Json): void {
    const tools = member(member(answer, "result"), "tools");
    for (const tool of isJsonArray(tools) ? tools : []) {
      const name = member(tool, "name");
      if (typeof name !== "string" || (this.byTool.size >= TOOLS_MAX && !this.byTool.has(name))) continue;
      this.byTool.set(name, [...mirroredIn(member(tool, "inputSchema"), [])]);
    }
  }

  /** None for a message of an older revision. */
  of(message: Message): Readonly<Record<string, string>> {
    const { method, params } = message;
    const revision = revisionOf(message);
    if (revision === undefined || method === undefined) return {};
    const name = member(params, NAMED_BY.get(method) ?? "");
    return {
      "mcp-protocol-version": revision,
      "mcp-method": method,
      ...(typeof name === "string" ? { "mcp-name": encodeValue(name) } : {}),
      ...(method === "tools/call" && typeof name === "string" ? this.arguments(name, member(params, "arguments")) : {}),
    };
  }

  private arguments(tool: string, args: Json | undefined): Record<string, string> {
    const found = (this.byTool.get(tool) ?? []).flatMap(({ path, header }) => {
      const value = primitive(path.reduce<Json | undefined>((node, key) => member(node, key), args));
      return value === undefined ? [] : [[`mcp-param-${header.toLowerCase()}`, encodeValue(value)] as const];
    });
    return Object.fromEntries(found);
  }
}

/** Plain ASCII as it is, anything else as base64 of its UTF-8. */
export function encodeValue(value: string): string {
  const isPlain = /^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !/^=\?base64\?.*\?=$/.test(value);
  return isPlain ? value : `=?base64?${Buffer.from(value).toString("base64")}?=`;
}

function* mirroredIn(schema: Json | undefined, path: readonly string[]): Generator<Mirrored> {
  if (!isJsonObject(schema) || path.length > DEPTH_MAX) return;
  const header = member(schema, "x-mcp-header");
  if (typeof header === "string" && TOKEN.test(header) && path.length > 0) yield { path, header };
  const properties = member(schema, "properties");
  if (!isJsonObject(properties)) return;
  for (const key of Object.keys(properties)) yield* mirroredIn(member(properties, key), [...path, key]);
}

function primitive(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (value instanceof RawNumber) return value.lexeme;
  return typeof value === "number" ? String(value) : undefined;
}
