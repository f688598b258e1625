// SPDX-License-Identifier: Apache-2.0
// Tools as they were accepted: which of them nobody may use now, and whether a call's arguments are of the form that was
// accepted.
import {
  type Beside,
  type JsonObject,
  member,
  type ToolDefinition,
  type ToolManifest,
  type ToolPins,
} from "../../core/index.ts";
import type { No } from "../ledger.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import { type ArgumentCheck, compileSchema } from "./schema.ts";
import { type Look, Withheld } from "./withheld.ts";

/** Compiled schemas that are kept. */
export const COMPILED_MAX = 1024;

interface Compiled {
  readonly definition: JsonObject;
  readonly check: ReturnType<typeof compileSchema>;
}

export class PinnedTools {
  private readonly pins: ToolPins;
  private readonly withheld: Withheld;
  private readonly compiled = new Map<string, Compiled>();

  constructor(pins: ToolPins) {
    this.pins = pins;
    this.withheld = new Withheld(pins);
  }

  /** Looks at one page of a server's list. */
  look(server: UpstreamServer, tools: ReadonlyMap<string, ToolDefinition>, isEnd: boolean): Look {
    return this.withheld.look(server, tools, isEnd);
  }

  isWithheld(server: UpstreamServer, tool: string | undefined): boolean {
    return tool !== undefined && this.withheld.has(server.id, tool);
  }

  lookBeside(server: UpstreamServer, beside: Beside, listed: Parameters<Withheld["lookBeside"]>[2]): Look {
    return this.withheld.lookBeside(server, beside, listed);
  }

  isPromptWithheld(server: UpstreamServer, prompt: string | undefined): boolean {
    return prompt !== undefined && this.withheld.hasBeside(server.id, "prompt", prompt);
  }

  /** Why these arguments may not go to it, by the schema that was accepted. */
  refusalOf(tool: ToolManifest, args: JsonObject): No | undefined {
    const definition = this.pins.definition(tool.server, tool.tool);
    // before its first list nothing was accepted of it but its manifest
    if (definition === undefined) return undefined;
    const check = this.checkOf(tool, definition);
    if (typeof check !== "function") return { code: "tool_unknown", why: check.unusable };
    const why = check(args);
    return why === undefined ? undefined : { code: "arguments_unreadable", why };
  }

  private checkOf(tool: ToolManifest, definition: JsonObject): ArgumentCheck | { readonly unusable: string } {
    const name = `${tool.server}/${tool.tool}`;
    const known = this.compiled.get(name);
    if (known?.definition === definition) return known.check;
    const check = compileSchema(member(definition, "inputSchema"));
    const [oldest] = this.compiled.keys();
    if (this.compiled.size >= COMPILED_MAX && oldest !== undefined) this.compiled.delete(oldest);
    this.compiled.set(name, { definition, check });
    return check;
  }
}
