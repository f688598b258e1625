// SPDX-License-Identifier: Apache-2.0
// `initialize` on its way up and down (MCP 2025-03-26 to 2025-11-25). The upstream is told what its client can do, and the
// client what the server can; only roots stay here where the operator named the folder: with them a client replaces it.
import { isJsonObject, type Json, type JsonObject, jsonObject, member } from "../../core/index.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import { type Client, LEGACY_REVISIONS } from "./revision.ts";

/** The legacy revision that is offered first. */
export const REVISION = "2025-11-25";

/** What the gate says of itself where no client is behind it. */
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

/** The parameters of a client's own `initialize`, as far as they go up. */
export function initializeUp(server: UpstreamServer, given: JsonObject): JsonObject {
  return jsonObject([
    ["protocolVersion", revisionOf(given)],
    ["capabilities", capabilitiesUp(server, member(given, "capabilities"))],
    ["clientInfo", clientInfo(given)],
  ]);
}

/** What a client said of itself once, for all that follows. */
export function legacyClient(server: UpstreamServer, given: JsonObject): Client {
  return {
    era: "legacy",
    revision: revisionOf(given),
    capabilities: capabilitiesUp(server, member(given, "capabilities")),
  };
}

/** The result of an `initialize` that opened a conversation; nothing where it did not. */
export function initialized(body: JsonObject): JsonObject | undefined {
  const result = member(body, "result");
  const revision = member(result, "protocolVersion");
  return isJsonObject(result) && typeof revision === "string" && LEGACY_REVISIONS.includes(revision)
    ? result
    : undefined;
}

/** A revision that nobody here speaks is answered with one that is (MCP 2025-11-25, version negotiation). */
function revisionOf(given: JsonObject): string {
  const asked = member(given, "protocolVersion");
  return typeof asked === "string" && LEGACY_REVISIONS.includes(asked) ? asked : REVISION;
}

/** What an upstream may ask of this client. */
export function capabilitiesUp(server: UpstreamServer, capabilities: Json | undefined): JsonObject {
  if (!isJsonObject(capabilities)) return jsonObject([]);
  const isKept = (name: string): boolean => name !== "roots" || server.folder === undefined;
  return jsonObject(Object.entries(capabilities).filter(([name]) => isKept(name)));
}

function clientInfo(given: JsonObject): JsonObject {
  const info = member(given, "clientInfo");
  return isJsonObject(info)
    ? info
    : jsonObject([
        ["name", "unnamed"],
        ["version", "0"],
      ]);
}
