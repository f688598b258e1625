// SPDX-License-Identifier: Apache-2.0
// Reads the manifest file of a server: the only thing that makes its tools usable, once a person has approved it.
import { parse } from "yaml";
import {
  type Digest,
  digestOf,
  isEffect,
  type Json,
  parseJson,
  type ServerId,
  type ToolArgument,
  type ToolManifest,
} from "../../core/index.ts";
import { manifestFile } from "../config.ts";
import { EnforceError } from "../errors.ts";

/** What a manifest states. */
export interface Manifest {
  /** It still says `draft: true`: nobody has read it, and none of its tools can be used. */
  readonly draft: boolean;
  /** Of what it states, whatever its comments and its order: what a person approves. */
  readonly digest: Digest;
  /** What it states, without comments: `{server, tools}`. */
  readonly stated: Json;
  /** By name. */
  readonly tools: ReadonlyMap<string, ToolManifest>;
}

/** @throws EnforceError ENFORCE_MANIFEST_INVALID naming file and member */
export function readManifest(server: ServerId, file: string, text: string): Manifest {
  let found: unknown;
  try {
    found = parse(text);
  } catch (cause) {
    throw invalid(file, cause instanceof Error ? cause.message : "not YAML", cause);
  }
  return manifestOf(server, file, found);
}

/** The same of what was read already. @throws EnforceError ENFORCE_MANIFEST_INVALID */
export function manifestOf(server: ServerId, file: string, found: unknown): Manifest {
  const parsed = manifestFile.safeParse(found);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
  }
  const { draft = false, ...said } = parsed.data;
  if (said.server !== server) throw invalid(file, `it is for server ${said.server}, not ${server}`);
  const tools = new Map<string, ToolManifest>();
  for (const [tool, { verb, effect, args: given }] of Object.entries(said.tools)) {
    if (!isEffect(verb) && effect !== "none") throw invalid(file, `tools.${tool}: ${verb} has no effect`);
    const args: ToolArgument[] = Object.entries(given).map(([name, arg]) => ({
      name,
      role: arg.role,
      ...(arg.type === undefined ? {} : { type: arg.type }),
      ...(arg.reach === undefined ? {} : { reach: arg.reach }),
      ...(arg.required === undefined ? {} : { required: arg.required }),
    }));
    tools.set(tool, { server, tool, verb, effect, args });
  }
  const stated = parseJson(JSON.stringify(said));
  return { draft, digest: digestOf(stated), stated, tools };
}

function invalid(file: string, why: string, cause?: unknown): EnforceError {
  return new EnforceError("ENFORCE_MANIFEST_INVALID", `reading manifest ${file}: ${why}`, { cause });
}
