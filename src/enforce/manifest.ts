// SPDX-License-Identifier: Apache-2.0
// Reads the manifest file of a server: the only thing that makes its tools usable, once a person has approved it.
import { parse } from "yaml";
import {
  type Digest,
  digestOf,
  isEffect,
  parseJson,
  type ServerId,
  type ToolArgument,
  type ToolManifest,
} from "../core/index.ts";
import { manifestFile } from "./config.ts";
import { EnforceError } from "./errors.ts";

/** What a manifest file says. */
export interface Manifest {
  /** It still says `draft: true`: nobody has read it, and none of its tools can be used. */
  readonly draft: boolean;
  /** Of what it states, whatever its comments and its order: what a person approves. */
  readonly digest: Digest;
  /** By name. */
  readonly tools: ReadonlyMap<string, ToolManifest>;
}

/** @throws EnforceError ENFORCE_MANIFEST_INVALID naming file and member */
export function readManifest(server: ServerId, file: string, text: string): Manifest {
  const invalid = (why: string, cause?: unknown): EnforceError =>
    new EnforceError("ENFORCE_MANIFEST_INVALID", `reading manifest ${file}: ${why}`, { cause });
  let parsed: ReturnType<typeof manifestFile.safeParse>;
  try {
    parsed = manifestFile.safeParse(parse(text));
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : "not YAML", cause);
  }
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
  }
  if (parsed.data.server !== server) throw invalid(`it is for server ${parsed.data.server}, not ${server}`);
  const tools = new Map<string, ToolManifest>();
  for (const [tool, said] of Object.entries(parsed.data.tools)) {
    if (!isEffect(said.verb) && said.effect !== "none") throw invalid(`tools.${tool}: ${said.verb} has no effect`);
    const args: ToolArgument[] = Object.entries(said.args).map(([name, arg]) => ({
      name,
      role: arg.role,
      ...(arg.type === undefined ? {} : { type: arg.type }),
      ...(arg.reach === undefined ? {} : { reach: arg.reach }),
      ...(arg.required === undefined ? {} : { required: arg.required }),
    }));
    tools.set(tool, { server, tool, verb: said.verb, effect: said.effect, args });
  }
  const digest = digestOf(parseJson(JSON.stringify({ server, tools: parsed.data.tools })));
  return { draft: parsed.data.draft === true, digest, tools };
}
