// SPDX-License-Identifier: Apache-2.0
// What a `tools/call` means where it is only observed: as far as the manifest can say, and otherwise the worst that it could
// be. It goes up as the client wrote it, from the same parsed tree, so that nothing behaves otherwise than without a gate.
import {
  canonicalize,
  isJsonObject,
  type JsonObject,
  jsonObject,
  member,
  type Recorder,
  type Standing,
} from "../../core/index.ts";
import { unmanifested } from "../observe.ts";
import type { Unreadable } from "../passage.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import { besideOf, forwardable } from "./meta.ts";
import { type ReadCall, readCall, unreadable } from "./reading.ts";

export async function readObserved(
  recorder: Recorder,
  standing: Standing,
  server: UpstreamServer,
  params: JsonObject,
): Promise<ReadCall | Unreadable> {
  const strict = await readCall(recorder, standing, server, params);
  const name = member(params, "name");
  const given = member(params, "arguments") ?? jsonObject([]);
  // a message that is no call of a tool stays unreadable in every mode
  if (typeof name !== "string" || !isJsonObject(given)) return strict;
  const tool = server.tools.get(name) ?? unmanifested(server.id, name);
  if (tool === undefined) return unreadable("arguments_unreadable", "a name that no manifest can hold");
  const forward = forwardable(params);
  const { name: _name, arguments: _arguments, _meta, ...more } = forward;
  const args = recorder.commit(standing, "args", canonicalize(given));
  const asSent = { args, forward, ...besideOf(_meta, more) };
  if (!("unreadable" in strict)) return { ...strict, ...asSent };
  return {
    verb: tool.verb,
    impact: "high",
    tool,
    // what it would touch cannot be told
    resources: [],
    objects: [],
    sent: given,
    named: given,
    display: "",
    flaws: [strict.unreadable],
    ...asSent,
  };
}
