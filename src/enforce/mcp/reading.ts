// SPDX-License-Identifier: Apache-2.0
// What a `tools/call` means: its tool by the manifest, its paths under their canonical names. What the manifest does not
// know is refused, because an argument that nobody judged must not reach the upstream.
import {
  canonicalize,
  canonicalText,
  type EntryOutcome,
  type Impact,
  isEffect,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  type Recorder,
  type Ref,
  type RefusalCode,
  type Standing,
  type ToolArgument,
  type ToolManifest,
} from "../../core/index.ts";
import type { CallReading, Unreadable } from "../passage.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import { withMembers } from "./message.ts";
import { besideOf, forwardable } from "./meta.ts";

export interface ReadCall extends CallReading {
  /** The parameters to forward: paths canonical, what is ours gone from `_meta`. */
  readonly forward: JsonObject;
  /** What the call touches, once it is done. */
  readonly objects: EntryOutcome["objects"];
}

/** Most paths that one call may name. */
const PATHS_MAX = 256;

export async function readCall(
  recorder: Recorder,
  standing: Standing,
  server: UpstreamServer,
  params: JsonObject,
): Promise<ReadCall | Unreadable> {
  const name = member(params, "name");
  const given = member(params, "arguments") ?? jsonObject([]);
  if (typeof name !== "string") return unreadable("arguments_unreadable", "no tool name");
  const tool = server.tools.get(name);
  if (tool === undefined) return unreadable("tool_unknown", "no manifest for this tool");
  if (!isJsonObject(given)) return unreadable("arguments_unreadable", "arguments are no object");
  const resolved = await resolveArguments(server, tool, given);
  if ("unreadable" in resolved) return resolved;
  const forwarded = withMembers(given, resolved.replaced);
  // what stands beside the arguments goes up as well: it is looked at with them
  const { name: _name, arguments: _arguments, _meta, ...more } = forwardable(params);
  // answers to what the upstream asked are part of what people agree to
  const { inputResponses: answers } = more;
  const exact =
    answers === undefined
      ? forwarded
      : jsonObject([
          ["arguments", forwarded],
          ["inputResponses", answers],
        ]);
  return {
    verb: tool.verb,
    impact: impactOf(tool),
    tool,
    resources: resolved.resources,
    args: recorder.commit(standing, "args", canonicalize(exact)),
    sent: given,
    named: withMembers(given, resolved.named),
    // whole: a person agrees to what they can read, and the desk refuses what is too long to be read
    display: [name, withMembers(given, resolved.named), ...(answers === undefined ? [] : [answers])]
      .map((part) => (typeof part === "string" ? part : canonicalText(part)))
      .join(" "),
    ...besideOf(_meta, more),
    forward: jsonObject([
      ["name", name],
      ["arguments", forwarded],
      ...Object.entries(more),
      ...(_meta === undefined ? [] : [["_meta", _meta] as const]),
    ]),
    objects: objectsOf(tool, resolved.resources),
  };
}

interface Resolved {
  readonly resources: readonly Ref[];
  readonly replaced: readonly (readonly [string, Json])[];
  /** The same members with names below the folder: what people read and what is traced. */
  readonly named: readonly (readonly [string, Json])[];
}

async function resolveArguments(
  server: UpstreamServer,
  tool: ToolManifest,
  given: JsonObject,
): Promise<Resolved | Unreadable> {
  const known = new Map(tool.args.map((arg) => [memberName(arg), arg]));
  const stranger = Object.keys(given).find((key) => !known.has(key));
  if (stranger !== undefined) return unreadable("arguments_unreadable", "an argument that is not in the manifest");
  const resources: Ref[] = [];
  const replaced: (readonly [string, Json])[] = [];
  const named: (readonly [string, Json])[] = [];
  for (const [key, arg] of known) {
    const value = member(given, key);
    if (value === undefined) {
      if (arg.required === true) return unreadable("arguments_unreadable", `argument ${key} is missing`);
      continue;
    }
    if (arg.type !== "path") continue;
    const paths = await resolvePaths(server, arg, value);
    if ("unreadable" in paths) return paths;
    resources.push(...paths.resources);
    replaced.push([key, paths.value]);
    named.push([key, paths.named]);
  }
  return { resources, replaced, named };
}

async function resolvePaths(
  server: UpstreamServer,
  arg: ToolArgument,
  value: Json,
): Promise<{ readonly resources: readonly Ref[]; readonly value: Json; readonly named: Json } | Unreadable> {
  const list = arg.name.endsWith("[]") ? value : [value];
  if (!isJsonArray(list) || list.length === 0 || list.length > PATHS_MAX) {
    return unreadable("arguments_unreadable", `argument ${arg.name} is not 1 to ${PATHS_MAX} paths`);
  }
  if (server.folder === undefined) return unreadable("arguments_unreadable", `server ${server.id} has no folder`);
  const resources: Ref[] = [];
  const absolute: string[] = [];
  const names: string[] = [];
  for (const spelling of list) {
    if (typeof spelling !== "string") return unreadable("arguments_unreadable", `argument ${arg.name} is not a string`);
    const located = await server.folder.locate(spelling);
    if ("outside" in located) return unreadable("resource_outside", located.outside);
    resources.push(located.ref);
    absolute.push(located.absolute);
    names.push(located.ref.id.slice(server.id.length + 1));
    if (arg.reach !== "subtree") continue;
    const below = await server.folder.below(located);
    if ("outside" in below) return unreadable("resource_outside", below.outside);
    resources.push(...below);
  }
  const isList = isJsonArray(value);
  return { resources, value: isList ? absolute : (absolute[0] ?? null), named: isList ? names : (names[0] ?? null) };
}

/** Longest list of objects in an outcome: a wide read is told by the entry's count of resources. */
const OBJECTS_MAX = 64;

function objectsOf(tool: ToolManifest, resources: readonly Ref[]): EntryOutcome["objects"] {
  const how = isEffect(tool.verb) ? "wrote" : "read";
  return resources.slice(0, OBJECTS_MAX).map((ref) => ({ ref, how }));
}

function memberName(arg: ToolArgument): string {
  return arg.name.endsWith("[]") ? arg.name.slice(0, -2) : arg.name;
}

/** core's rule: high for what cannot be undone, medium for any other effect, low for the rest. */
export function impactOf(tool: ToolManifest): Impact {
  if (tool.effect === "irreversible" || tool.verb === "train") return "high";
  return isEffect(tool.verb) ? "medium" : "low";
}

export function unreadable(code: RefusalCode, why: string): Unreadable {
  return { unreadable: { code, why } };
}
