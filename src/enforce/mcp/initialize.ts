// SPDX-License-Identifier: Apache-2.0
// `initialize` on its way up and down. Upstream is offered nothing of the client: no roots (with them a client replaces the
// folders of a file server), no sampling, no elicitation. The client is told only of what this gate relays: tools.
import { isJsonObject, type JsonObject, jsonObject, member } from "../../core/index.ts";
import { type RequestId, request, withMembers } from "./message.ts";

/** The one revision spoken on both sides. */
export const REVISION = "2025-11-25";

/** What goes up: the client's own parameters without its capabilities, in the one revision. */
export function initializeUp(id: RequestId, params: JsonObject): JsonObject {
  const offered = withMembers(params, [
    ["protocolVersion", REVISION],
    ["capabilities", jsonObject([])],
  ]);
  return request(id, "initialize", offered);
}

/** What comes down, or `undefined` where the upstream speaks another revision or refused. */
export function initializeDown(response: JsonObject): JsonObject | undefined {
  const result = member(response, "result");
  if (!isJsonObject(result) || member(result, "protocolVersion") !== REVISION) return undefined;
  const offered = member(result, "capabilities");
  const relayed = member(offered, "tools") === undefined ? [] : ([["tools", jsonObject([])]] as const);
  return withMembers(result, [["capabilities", jsonObject(relayed)]]);
}
