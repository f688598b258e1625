// SPDX-License-Identifier: Apache-2.0
// What a request means that calls no tool: which document or prompt it asks for, and what it tells the upstream (enforce E20).
import { pathToFileURL } from "node:url";
import {
  canonicalize,
  canonicalText,
  type Json,
  type JsonObject,
  member,
  type Recorder,
  type Ref,
  type Standing,
  type ToolArgument,
  type ToolManifest,
} from "../../core/index.ts";
import type { Unreadable } from "../passage.ts";
import { promptRef, uriRef } from "../resources/entities.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import { withMembers } from "./message.ts";
import { besideOf, forwardable } from "./meta.ts";
import type { Way } from "./methods.ts";
import { impactOf, type ReadCall, unreadable } from "./reading.ts";

/** UNIT: UTF-16 units. Longest name or URI that is judged. */
const NAME_MAX = 2048;

interface Asked {
  readonly method: string;
  readonly way: Way;
  readonly given: JsonObject;
  /** The tool whose call made the task that is asked for: this counts as that call. */
  readonly maker?: ToolManifest;
}

/** What is asked for, and which members of the request say so. */
interface About {
  readonly about?: Ref;
  readonly members: readonly string[];
  readonly replaced?: readonly (readonly [string, string])[];
}

export async function readOther(
  recorder: Recorder,
  standing: Standing,
  server: UpstreamServer,
  asked: Asked,
): Promise<ReadCall | Unreadable> {
  const about = await aboutOf(server, asked);
  if ("unreadable" in about) return about;
  const params = forwardable(asked.given);
  const forward = withMembers(params, about.replaced ?? []);
  const { _meta, ...sent } = params;
  const isUnknown = asked.way === "unknown";
  return {
    verb: isUnknown ? "execute" : (asked.maker?.verb ?? "view"),
    impact: isUnknown ? "high" : asked.maker === undefined ? "low" : impactOf(asked.maker),
    ...(asked.maker === undefined ? {} : { tool: asked.maker }),
    ...(about.about === undefined ? {} : { about: about.about }),
    resources: [],
    args: recorder.commit(standing, "args", canonicalize(forward)),
    sent,
    named: { ...sent, ...Object.fromEntries(about.replaced ?? []) },
    ...besideOf(_meta),
    // what nobody described may name anything; what these methods carry is known
    ...(isUnknown ? {} : { inputs: inputsOf(sent, about.members) }),
    display: `${asked.method} ${canonicalText(forward)}`,
    forward,
    objects: about.about === undefined ? [] : [{ ref: about.about, how: "read" }],
  };
}

function inputsOf(sent: JsonObject, names: readonly string[]): readonly ToolArgument[] {
  return Object.keys(sent).map((name) => ({ name, role: names.includes(name) ? "selector" : "content" }));
}

function aboutOf(server: UpstreamServer, { way, given }: Asked): Promise<About | Unreadable> | About | Unreadable {
  if (way === "resource") return resourceAt(server, member(given, "uri"));
  if (way === "prompt") return promptNamed(server, member(given, "name"));
  return way === "complete" ? completed(server, member(given, "ref")) : { members: [] };
}

function completed(server: UpstreamServer, ref: Json | undefined): About | Unreadable {
  const type = member(ref, "type");
  if (type === "ref/prompt") return named(promptNamed(server, member(ref, "name")));
  const uri = member(ref, "uri");
  if (type !== "ref/resource" || typeof uri !== "string" || uri.length > NAME_MAX)
    return unreadable("arguments_unreadable", "a reference to neither prompt nor resource");
  // a template is no place yet: it is judged as it is spelled
  return { about: uriRef(server, uri), members: ["ref"] };
}

function named(about: About | Unreadable): About | Unreadable {
  return "unreadable" in about ? about : { ...about, members: ["ref"] };
}

function promptNamed(server: UpstreamServer, name: Json | undefined): About | Unreadable {
  if (typeof name !== "string" || name === "" || name.length > NAME_MAX)
    return unreadable("arguments_unreadable", "no name of a prompt");
  return { about: promptRef(server, name), members: ["name"] };
}

/** A file of the server's folder is that file, whoever names it how; any other URI is what it is spelled. */
async function resourceAt(server: UpstreamServer, uri: Json | undefined): Promise<About | Unreadable> {
  if (typeof uri !== "string" || uri === "" || uri.length > NAME_MAX)
    return unreadable("arguments_unreadable", "no URI of a resource");
  if (hasDots(uri)) return unreadable("arguments_unreadable", "a URI that is not in its normal form");
  if (server.folder === undefined || !/^file:/i.test(uri)) return { about: uriRef(server, uri), members: ["uri"] };
  const path = fileAt(uri);
  if (path === undefined) return unreadable("arguments_unreadable", "a file URI that names no file");
  const located = await server.folder.locate(path);
  if ("outside" in located) return unreadable("resource_outside", located.outside);
  return { about: located.ref, members: ["uri"], replaced: [["uri", pathToFileURL(located.absolute).href]] };
}

/** Steps up and down, spelled or escaped, are read in more than one way. */
function hasDots(uri: string): boolean {
  return /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:[/\\?#]|%2f|%5c|$)/i.test(uri);
}

function fileAt(uri: string): string | undefined {
  const [, host = "", path = ""] = /^file:(?:\/\/([^/]*))?(\/.*)$/i.exec(uri) ?? [];
  if (path === "" || !["", "localhost"].includes(host.toLowerCase()) || /[?#]|%2f|%5c|%00/i.test(path))
    return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined; // escapes that are no text name nothing
  }
}
