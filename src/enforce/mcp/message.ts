// SPDX-License-Identifier: Apache-2.0
// JSON-RPC 2.0 as MCP uses it: one message a body, ids are strings or whole numbers.
import { isJsonObject, type Json, type JsonObject, jsonObject, member } from "../../core/index.ts";

export type RequestId = string | number;

export type Message =
  | { readonly kind: "request"; readonly id: RequestId; readonly method: string; readonly tree: JsonObject }
  | { readonly kind: "notification"; readonly method: string; readonly tree: JsonObject }
  | { readonly kind: "response"; readonly id: RequestId; readonly tree: JsonObject }
  | { readonly kind: "invalid"; readonly why: string };

/** JSON-RPC 2.0 section 5.1, and the gate's own codes (enforce E27). */
export const RPC = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
  urlElicitationRequired: -32_042,
  headerMismatch: -32_020,
  missingCapability: -32_021,
  unsupportedVersion: -32_022,
  denied: -31_001,
  undecidable: -31_003,
  budget: -31_004,
  contained: -31_005,
} as const;

/** Tells what a message is, by its members (JSON-RPC 2.0 sections 4 and 5). */
export function classify(json: Json): Message {
  if (Array.isArray(json)) return { kind: "invalid", why: "batches are not relayed" };
  if (!isJsonObject(json) || member(json, "jsonrpc") !== "2.0")
    return { kind: "invalid", why: "not a JSON-RPC 2.0 message" };
  const id = member(json, "id");
  const method = member(json, "method");
  if (method === undefined) {
    const answered = Object.hasOwn(json, "result") !== Object.hasOwn(json, "error");
    return isRequestId(id) && answered
      ? { kind: "response", id, tree: json }
      : { kind: "invalid", why: "neither request nor response" };
  }
  if (typeof method !== "string") return { kind: "invalid", why: "`method` is not a string" };
  if (id === undefined) return { kind: "notification", method, tree: json };
  return isRequestId(id)
    ? { kind: "request", id, method, tree: json }
    : { kind: "invalid", why: "`id` is not a string or whole number" };
}

export function isRequestId(id: Json | undefined): id is RequestId {
  return typeof id === "string" || (typeof id === "number" && Number.isSafeInteger(id));
}

export function params(message: { readonly tree: JsonObject }): JsonObject {
  const given = member(message.tree, "params");
  return isJsonObject(given) ? given : jsonObject([]);
}

export function request(id: RequestId, method: string, given: Json): JsonObject {
  return jsonObject([
    ["jsonrpc", "2.0"],
    ["id", id],
    ["method", method],
    ["params", given],
  ]);
}

export function notification(method: string, given: Json): JsonObject {
  return jsonObject([
    ["jsonrpc", "2.0"],
    ["method", method],
    ["params", given],
  ]);
}

export function result(id: RequestId, value: Json): JsonObject {
  return jsonObject([
    ["jsonrpc", "2.0"],
    ["id", id],
    ["result", value],
  ]);
}

export function error(id: RequestId | null, code: number, message: string, data?: Json): JsonObject {
  const members: [string, Json][] = [
    ["code", code],
    ["message", message],
  ];
  if (data !== undefined) members.push(["data", data]);
  return jsonObject([
    ["jsonrpc", "2.0"],
    ["id", id],
    ["error", jsonObject(members)],
  ]);
}

/** The token is the gate's own id of the request: a client's token says whatever it likes, and stays here. */
export function withProgress(given: JsonObject, id: RequestId): JsonObject {
  const meta = member(given, "_meta");
  const kept = isJsonObject(meta) ? meta : jsonObject([]);
  return withMembers(given, [["_meta", withMembers(kept, [["progressToken", id]])]]);
}

/** A copy of an object with some members replaced; order kept, new ones last. */
export function withMembers(object: JsonObject, members: readonly (readonly [string, Json])[]): JsonObject {
  return jsonObject([...Object.keys(object).map((name) => [name, object[name] ?? null] as const), ...members]);
}
