// SPDX-License-Identifier: Apache-2.0
// What a manifest says otherwise than another, and otherwise than the server says of its tools: lines for a person to read.
import { isJsonObject, type JsonObject, member, type ToolArgument, type ToolManifest } from "../../core/index.ts";
import type { Manifest } from "./manifest.ts";

/** One difference. */
export interface ManifestDifference {
  readonly tool: string;
  readonly what: string;
}

type Tools = Manifest["tools"];

/** From what is in force to what the file says. */
export function changesOf(before: Tools, after: Tools): readonly ManifestDifference[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((tool) => {
    const [was, is] = [before.get(tool), after.get(tool)];
    if (was === undefined) return [{ tool, what: `new: ${is === undefined ? "" : doing(is)}` }];
    if (is === undefined) return [{ tool, what: "gone: it cannot be used" }];
    return toolChanges(was, is).map((what) => ({ tool, what }));
  });
}

function toolChanges(was: ToolManifest, is: ToolManifest): readonly string[] {
  const [wasArgs, isArgs] = [byName(was.args), byName(is.args)];
  const names = [...new Set([...wasArgs.keys(), ...isArgs.keys()])];
  return [
    ...(doing(was) === doing(is) ? [] : [`${doing(was)} -> ${doing(is)}`]),
    ...names.flatMap((name) => {
      const [old, now] = [wasArgs.get(name) ?? "not there", isArgs.get(name) ?? "not there"];
      return old === now ? [] : [`argument ${name}: ${old} -> ${now}`];
    }),
  ];
}

/** From what the file says to what the server says of its tools, as it was last seen. */
export function strangersOf(file: Tools, listed: ReadonlyMap<string, JsonObject>): readonly ManifestDifference[] {
  const names = [...new Set([...file.keys(), ...listed.keys()])];
  return names.flatMap((tool) => {
    const [said, has] = [file.get(tool), listed.get(tool)];
    if (said === undefined) return [{ tool, what: "the server has it, the manifest does not: it cannot be used" }];
    if (has === undefined) return [{ tool, what: "the manifest has it, the server does not" }];
    return argumentStrangers(said, has).map((what) => ({ tool, what }));
  });
}

function argumentStrangers(said: ToolManifest, listed: JsonObject): readonly string[] {
  const properties = member(member(listed, "inputSchema"), "properties");
  const has = new Set(isJsonObject(properties) ? Object.keys(properties) : []);
  const known = new Set(said.args.map(({ name }) => name.replace(/\[\]$/, "")));
  return [
    ...[...has].filter((name) => !known.has(name)).map((name) => `argument ${name} is not in the manifest`),
    ...[...known].filter((name) => !has.has(name)).map((name) => `argument ${name} is in the manifest alone`),
  ];
}

function doing({ verb, effect }: ToolManifest): string {
  return effect === "none" ? verb : `${verb} (${effect})`;
}

function byName(args: readonly ToolArgument[]): ReadonlyMap<string, string> {
  return new Map(args.map(({ name, ...said }) => [name, Object.values(said).join(" ")]));
}
