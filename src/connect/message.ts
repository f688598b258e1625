// SPDX-License-Identifier: Apache-2.0
// What the sidecar has to know of a message to carry it: which kind it is, which tool it calls with what, and which
// revision it speaks. What goes on is the text as the client wrote it.
import {
  argsS256,
  CoreError,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseJson,
} from "../core/index.ts";

export type RequestId = string | number;

export interface Message {
  readonly text: string;
  readonly tree: JsonObject;
  /** Absent for a notification. */
  readonly id: RequestId | undefined;
  /** Absent for the answer to a request of the server. */
  readonly method: string | undefined;
  readonly params: JsonObject;
}

/** A call of a tool, as a token for it is asked for. */
export interface ToolCall {
  readonly name: string;
  /** Digest of its arguments, worked out for the calls that need a token of their own. */
  readonly argsS256: () => string;
}

/** Member of `params._meta` that a message of 2026-07-28 says its revision in; older ones have none. */
const REVISION_KEY = "io.modelcontextprotocol/protocolVersion";

/** `undefined` for what is no JSON-RPC message: who sent it is told so by the gate, or here. */
export function readMessage(text: string): Message | undefined {
  const tree = orNothing(() => parseJson(text));
  if (!isJsonObject(tree)) return undefined;
  const [id, method, given] = [member(tree, "id"), member(tree, "method"), member(tree, "params")];
  return {
    text,
    tree,
    id: isRequestId(id) ? id : undefined,
    method: typeof method === "string" ? method : undefined,
    params: isJsonObject(given) ? given : jsonObject([]),
  };
}

/** Of a message that names its revision itself; `undefined` in a session of an older one. */
export function revisionOf({ params }: Message): string | undefined {
  const revision = member(member(params, "_meta"), REVISION_KEY);
  return typeof revision === "string" ? revision : undefined;
}

export function callOf({ method, params }: Message): ToolCall | undefined {
  const name = member(params, "name");
  if (method !== "tools/call" || typeof name !== "string") return undefined;
  const args: Json = member(params, "arguments") ?? jsonObject([]);
  return { name, argsS256: () => argsS256(args) };
}

export function isRequestId(id: Json | undefined): id is RequestId {
  return typeof id === "string" || (typeof id === "number" && Number.isSafeInteger(id));
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}
