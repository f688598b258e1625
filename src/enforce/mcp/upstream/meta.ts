// SPDX-License-Identifier: Apache-2.0
// What a message of revision 2026-07-28 says of its sender, where the gate itself asks: its own name, and that it offers nothing.
import { type JsonObject, jsonObject } from "../../../core/index.ts";
import { PROTOCOL_VERSION } from "../message.ts";
import { MODERN_REVISION } from "./tool-headers.ts";

export const CLIENT_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

export const META_UP: JsonObject = jsonObject([
  [PROTOCOL_VERSION, MODERN_REVISION],
  [CLIENT_CAPABILITIES, jsonObject([])],
  [
    "io.modelcontextprotocol/clientInfo",
    jsonObject([
      ["name", "bailiwick"],
      ["version", "1"],
    ]),
  ],
]);
