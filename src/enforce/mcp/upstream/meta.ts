// SPDX-License-Identifier: Apache-2.0
// What a message of revision 2026-07-28 says of its sender, where the gate itself asks: its own name, and that it offers nothing.
import { type JsonObject, jsonObject } from "../../../core/index.ts";
import { META } from "../revision.ts";
import { MODERN_REVISION } from "./tool-headers.ts";

export const META_UP: JsonObject = jsonObject([
  [META.version, MODERN_REVISION],
  [META.capabilities, jsonObject([])],
  [
    META.client,
    jsonObject([
      ["name", "bailiwick"],
      ["version", "1"],
    ]),
  ],
]);
