// SPDX-License-Identifier: Apache-2.0
// `_meta` of a request on its way up: whatever the client wrote there passes, but for what is the gate's to say, and it is
// looked at with the rest (enforce E2, E26).
import { isJsonObject, type Json, type JsonObject, jsonObject, member } from "../../core/index.ts";
import type { CallReading } from "../passage.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import { capabilitiesUp } from "./initialize.ts";
import { META } from "./revision.ts";

/** Every member of `params`; `_meta` without what is ours, and without the client's own token for progress. */
export function forwardable(params: JsonObject): JsonObject {
  const meta = member(params, "_meta");
  if (!isJsonObject(meta)) return params;
  const kept = Object.entries(meta).filter(([name]) => name !== "progressToken" && !name.startsWith("bailiwick/"));
  const others = Object.entries(params).filter(([name]) => name !== "_meta");
  return jsonObject(kept.length === 0 ? others : [...others, ["_meta", jsonObject(kept)]]);
}

/** What is looked at beside the arguments. */
export function besideOf(meta: Json | undefined, more: JsonObject = {}): Pick<CallReading, "beside"> {
  const members = [...Object.entries(more), ...(isJsonObject(meta) ? Object.entries(meta) : [])];
  return members.length === 0 ? {} : { beside: jsonObject(members) };
}

/** What a modern message says that its client can do, as far as this upstream may ask for it. */
export function forServer(params: JsonObject, server: UpstreamServer): JsonObject {
  const meta = member(params, "_meta");
  if (!isJsonObject(meta) || !isJsonObject(member(meta, META.capabilities))) return params;
  const capabilities = capabilitiesUp(server, member(meta, META.capabilities));
  return { ...params, _meta: { ...meta, [META.capabilities]: capabilities } };
}
