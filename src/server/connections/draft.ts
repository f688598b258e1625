// SPDX-License-Identifier: Apache-2.0
// A first manifest for a server that nobody has described yet, as a file for a person to read.
import { Document, isMap } from "yaml";
import { type Json, member, parseServerId, quote, type ServerId } from "../../core/index.ts";
import { type DraftedTool, draftTool, probeTools } from "../../enforce/index.ts";
import { readEnvironment } from "../env.ts";
import { openOutbound } from "../outbound/client.ts";
import { lineLog, systemClock, systemTimers } from "../system.ts";

export interface ManifestAsked {
  readonly server: string;
  /** Program and arguments, started without a shell, with `PATH` as its whole environment, as the gate starts it. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** Is told what went wrong on the way, one JSON object a line. */
  readonly tell: (line: string) => void;
}

export interface ManifestDraft {
  /** The file, whole. */
  readonly text: string;
  readonly view: number;
  readonly execute: number;
  /** Tools whose names no manifest can hold: they stay unusable. */
  readonly unnamed: readonly string[];
}

/** UNIT: characters. What a tool says of itself is cut there. */
const SAYS_MAX = 160;

const HEAD = ` Drafted from what the server says of itself, which nobody has checked. For every tool, say what it does:
   verb    view only where it changes nothing, and then effect is none; else execute
   effect  reversible only where what it does can be undone
   role    what the argument means; selector for what a reading tool is to find, content for text that is kept
   type    path where it names a file below the server's folder: then one file has one name, and policies see it
 A tool or an argument that is not here cannot be used. Then delete the line draft: true.`;

/** Starts the server once, asks for its tools, and calls none. @throws EnforceError where it cannot be asked */
export async function draftManifest({ server, command, cwd, tell }: ManifestAsked): Promise<ManifestDraft> {
  const id = parseServerId(server);
  const env = { PATH: readEnvironment().path };
  const transport = { kind: "stdio", command, env, cwd, isolate: "identity" } as const;
  return draftOf(id, await probeAlone({ id, transport, era: "auto" }, tell));
}

/** Asks a server for its tools where no server of ours runs. @throws EnforceError */
export async function probeAlone(
  server: Parameters<typeof probeTools>[1],
  tell: (line: string) => void,
): ReturnType<typeof probeTools> {
  await using outbound = openOutbound();
  return await probeTools({ clock: systemClock, timers: systemTimers, log: lineLog(tell), outbound }, server);
}

/** @param listed - the tools as the server lists them */
export function draftOf(id: ServerId, listed: readonly Json[]): ManifestDraft {
  const drafted = listed.map((tool) => draftTool(tool) ?? nameOf(member(tool, "name")));
  const tools = drafted.filter((tool) => typeof tool !== "string");
  const view = tools.filter(({ statement }) => statement.verb === "view").length;
  return {
    text: manifestText(id, tools),
    view,
    execute: tools.length - view,
    unnamed: drafted.filter((tool) => typeof tool === "string"),
  };
}

function nameOf(name: unknown): string {
  return typeof name === "string" ? quote(name) : "a tool without a name";
}

function manifestText(server: string, tools: readonly DraftedTool[]): string {
  const statements = Object.fromEntries(tools.map(({ name, statement }) => [name, statement]));
  const file = new Document({ server, draft: true, tools: statements });
  file.commentBefore = HEAD;
  for (const { name, says, left } of tools) {
    const node = file.getIn(["tools", name], true);
    if (isMap(node)) node.commentBefore = commentOf(says, left);
  }
  return file.toString({ lineWidth: 0 });
}

/** Outside text, on one line of its own, with what a terminal or YAML would act on spelled out. */
function commentOf(says: string, left: readonly string[]): string {
  const lines = [` it says: ${quote(says.length > SAYS_MAX ? `${says.slice(0, SAYS_MAX)}…` : says)}`];
  if (left.length > 0)
    lines.push(` left out, because a manifest cannot name it: ${left.map((one) => quote(one)).join(", ")}`);
  return lines.join("\n");
}
