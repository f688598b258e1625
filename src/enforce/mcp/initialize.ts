// SPDX-License-Identifier: Apache-2.0
// `initialize` on its way up and down. Upstream is offered nothing of the client: no roots (with them a client replaces the
// folders of a file server), no sampling, no elicitation. The client is told only of what this gate relays: tools.
import { isJsonObject, type Json, type JsonObject, jsonObject, member } from "../../core/index.ts";

/** The one revision spoken on both sides. */
export const REVISION = "2025-11-25";

/** What goes up: the gate's own name, and nothing of the client. */
export const INITIALIZE_UP: JsonObject = jsonObject([
  ["protocolVersion", REVISION],
  ["capabilities", jsonObject([])],
  [
    "clientInfo",
    jsonObject([
      ["name", "bailiwick"],
      ["version", "1"],
    ]),
  ],
]);

/** What comes down: revision, tools, and the server's name; its instructions are text that nobody looked at, and stay. */
export function initializeDown(body: JsonObject): JsonObject | undefined {
  const result = member(body, "result");
  if (!isJsonObject(result) || member(result, "protocolVersion") !== REVISION) return undefined;
  const relayed =
    member(member(result, "capabilities"), "tools") === undefined ? [] : ([["tools", jsonObject([])]] as const);
  const info = member(result, "serverInfo");
  return jsonObject([
    ["protocolVersion", REVISION],
    ["capabilities", jsonObject(relayed)],
    [
      "serverInfo",
      jsonObject([
        ["name", nameOf(member(info, "name"))],
        ["version", nameOf(member(info, "version"))],
      ]),
    ],
  ]);
}

/** A short plain name; anything else is not shown. */
function nameOf(value: Json | undefined): string {
  return typeof value === "string" && /^[\w .@/+-]{1,64}$/.test(value) ? value : "unnamed";
}
