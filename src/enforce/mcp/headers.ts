// SPDX-License-Identifier: Apache-2.0
// The headers of MCP 2026-07-28 repeat what the body says, for whoever routes without reading it. They must agree with it
// (enforce E21): else somebody on the way was told one thing and the upstream another.
import { isJsonObject, type Json, type JsonObject, jsonObject, member, RawNumber } from "../../core/index.ts";
import type { GateRequest } from "./http.ts";
import { type Message, params, RPC } from "./message.ts";
import { META, MODERN_REVISIONS, metaOf } from "./revision.ts";
import type { Mirrored } from "./upstream/tool-headers.ts";

type Headers = GateRequest["headers"];
type Asked = Extract<Message, { kind: "request" }>;

/** What is wrong with a message, as its client is told. */
export interface Wrong {
  readonly code: number;
  readonly why: string;
  readonly data?: JsonObject;
}

/** Which member of `params` the header `Mcp-Name` repeats (MCP 2026-07-28, standard request headers). */
const NAMED: ReadonlyMap<string, string> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
]);

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.0+)?$/;

/** Why a modern request is not one, in the order in which the revision has it checked; `undefined` where it is. */
export function wrongWith(message: Asked, headers: Headers): Wrong | undefined {
  const version = metaOf(message, META.version);
  const header = headers["mcp-protocol-version"];
  const method = headers["mcp-method"];
  if (typeof version === "string" && header !== undefined && header !== version)
    return mismatch("MCP-Protocol-Version is not the revision that the body names");
  if (method !== undefined && method !== message.method)
    return mismatch("Mcp-Method is not the method that the body names");
  const incomplete = incompleteMeta(message);
  if (incomplete !== undefined) return { code: RPC.invalidParams, why: incomplete };
  if (typeof version !== "string" || !MODERN_REVISIONS.includes(version)) return unsupported(version);
  if (header === undefined) return mismatch("the header MCP-Protocol-Version is missing");
  if (method === undefined) return mismatch("the header Mcp-Method is missing");
  return wrongName(message, headers["mcp-name"]);
}

function incompleteMeta(message: Asked): string | undefined {
  if (typeof metaOf(message, META.version) !== "string") return `_meta has no ${META.version}`;
  if (!isJsonObject(metaOf(message, META.capabilities))) return `_meta has no ${META.capabilities}`;
  const client = metaOf(message, META.client);
  return client === undefined || isJsonObject(client) ? undefined : `${META.client} is not an object`;
}

function unsupported(requested: Json | undefined): Wrong {
  const data = jsonObject([
    ["supported", MODERN_REVISIONS],
    ["requested", requested ?? null],
  ]);
  return { code: RPC.unsupportedVersion, why: "another revision than those that are relayed", data };
}

function wrongName(message: Asked, header: string | undefined): Wrong | undefined {
  const source = NAMED.get(message.method);
  if (source === undefined) return undefined;
  const named = member(params(message), source);
  if (header === undefined) return typeof named === "string" ? mismatch("the header Mcp-Name is missing") : undefined;
  const decoded = decodeHeader(header);
  if (decoded === undefined) return mismatch("Mcp-Name is not readable");
  return typeof named === "string" && decoded !== named
    ? mismatch(`Mcp-Name is not params.${source} of the body`)
    : undefined;
}

/** Why an `Mcp-Param-*` of a call does not say what its argument says, numbers by value. */
export function wrongArguments(
  mirrored: readonly Mirrored[],
  given: Json | undefined,
  headers: Headers,
): Wrong | undefined {
  for (const { header: name, path } of mirrored) {
    const header = name.toLowerCase();
    const value = path.reduce<Json | undefined>(member, given);
    const shown = headers[`mcp-param-${header}`];
    if (value === undefined || value === null) {
      if (shown !== undefined) return mismatch(`Mcp-Param-${header} repeats an argument that is not there`);
      continue;
    }
    const decoded = shown === undefined ? undefined : decodeHeader(shown);
    if (decoded === undefined) return mismatch(`Mcp-Param-${header} is missing or not readable`);
    if (!says(decoded, value)) return mismatch(`Mcp-Param-${header} is not the argument of the body`);
  }
  return undefined;
}

function says(header: string, value: Json): boolean {
  if (typeof value === "string") return header === value;
  if (typeof value === "boolean") return header === String(value);
  if (value instanceof RawNumber) return header === value.lexeme;
  if (typeof value !== "number") return false;
  return DECIMAL.test(header) ? Number(header) === value : header === String(value);
}

/** A header's value, out of the form for what no header may hold; `undefined` where that form is broken. */
export function decodeHeader(value: string): string | undefined {
  const trimmed = value.trim();
  if (!trimmed.startsWith("=?base64?") || !trimmed.endsWith("?=")) return trimmed;
  const encoded = trimmed.slice("=?base64?".length, -"?=".length);
  if (!BASE64.test(encoded)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, "base64"));
  } catch {
    return undefined; // bytes that are no text say nothing that could agree
  }
}

function mismatch(why: string): Wrong {
  return { code: RPC.headerMismatch, why };
}
