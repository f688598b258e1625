// SPDX-License-Identifier: Apache-2.0
// Which revision a message is of (enforce E19). The body says it: in each message since 2026-07-28, once in `initialize`
// before that. Headers only have to agree with it; no rule reads them.
import { isJsonObject, type Json, type JsonObject, jsonObject, member } from "../../core/index.ts";
import type { GateRequest } from "./http.ts";
import type { Era } from "./link.ts";
import { type Message, params } from "./message.ts";

/** Revisions whose messages say for themselves what they are of. */
export const MODERN_REVISIONS: readonly string[] = ["2026-07-28"];
/** Revisions that begin with `initialize`, the one that is offered first. */
export const LEGACY_REVISIONS: readonly string[] = ["2025-11-25", "2025-06-18", "2025-03-26"];

/** Members of `_meta` that MCP 2026-07-28 keeps for itself. */
export const META = {
  version: "io.modelcontextprotocol/protocolVersion",
  capabilities: "io.modelcontextprotocol/clientCapabilities",
  client: "io.modelcontextprotocol/clientInfo",
  logLevel: "io.modelcontextprotocol/logLevel",
  server: "io.modelcontextprotocol/serverInfo",
  subscription: "io.modelcontextprotocol/subscriptionId",
} as const;

/** What a client said of itself, once or with each message. */
export interface Client {
  readonly era: Era;
  readonly revision: string;
  readonly capabilities: JsonObject;
}

/** Body first; a header alone makes a message modern only where no session says otherwise. */
export function eraOf(message: Exclude<Message, { kind: "invalid" }>, headers: GateRequest["headers"]): Era {
  if (metaOf(message, META.version) !== undefined) return "modern";
  const isOpening = message.kind === "request" && message.method === "initialize";
  if (isOpening || headers["mcp-session-id"] !== undefined) return "legacy";
  return MODERN_REVISIONS.includes(headers["mcp-protocol-version"] ?? "") ? "modern" : "legacy";
}

/** One member of a message's `_meta`. */
export function metaOf(message: { readonly tree: JsonObject }, name: string): Json | undefined {
  return member(member(params(message), "_meta"), name);
}

/** What a modern message says of its client. */
export function clientOf(message: { readonly tree: JsonObject }): Client {
  const capabilities = metaOf(message, META.capabilities);
  const revision = metaOf(message, META.version);
  return {
    era: "modern",
    revision: typeof revision === "string" ? revision : "",
    capabilities: isJsonObject(capabilities) ? capabilities : jsonObject([]),
  };
}
