// SPDX-License-Identifier: Apache-2.0
// Which tools of a list nobody is shown, and why (enforce E16): what changed since it was accepted, what hides text, and what
// looks like a tool of another server. What is not shown is not called either.
import {
  type Beside,
  type PinShelf,
  type ServerId,
  shelfOf,
  type ToolDefinition,
  type ToolDrift,
  type ToolPins,
} from "../../core/index.ts";
import { skeleton } from "../../protect/index.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import { changeLine, changesBetween, mayTakeMore } from "./changes.ts";
import { hiddenIn } from "./hidden-text.ts";

/** A tool that is not as it should be; `change` is the sign that it gives. */
export interface ToldDrift extends Omit<ToolDrift, "change"> {
  readonly change: "changed" | "appeared" | "altered" | "hides" | "shadows";
  /** Of what stands beside the tools, where it is no tool. */
  readonly beside?: Beside;
  /** For a person: what is different, or what is hidden. */
  readonly lines: readonly string[];
}

export interface Look {
  readonly hidden: ReadonlySet<string>;
  /** What was not told before. */
  readonly told: readonly ToldDrift[];
}

/** Tools whose trouble is remembered; past it what is new is withheld all the same, and told again. */
const TOLD_MAX = 10_000;

export class Withheld {
  private readonly pins: ToolPins;
  /** Tools with plain names, by what those look like. */
  private readonly looks = new Map<string, string>();
  /** Why a tool is withheld, with the definition that it is withheld for. */
  private readonly why = new Map<string, ToolDefinition>();
  /** Trouble that was told. */
  private readonly told = new Set<string>();

  constructor(pins: ToolPins) {
    this.pins = pins;
  }

  /** Looks at one page of a server's list. */
  look(server: UpstreamServer, tools: ReadonlyMap<string, ToolDefinition>, isEnd: boolean): Look {
    const drifts = this.pins.see(server.id, tools, isEnd);
    const told: ToldDrift[] = drifts.map((drift) => toldOf(server, drift));
    const pinned = new Map(this.pins.list(server.id).map((pin) => [pin.tool, pin]));
    const hidden = new Set<string>();
    // plain names first: one that only looks like one of them may stand before it
    for (const tool of tools.keys()) this.shadowed(server.id, tool);
    for (const [tool, definition] of tools) {
      const trouble = this.troubleOf(server, tool, definition);
      if (trouble !== undefined && this.isNews(server.id, trouble)) told.push(trouble);
      const pin = pinned.get(tool);
      const isChanged = pin?.now !== undefined && withholds(server, { was: pin.pinned.said, is: pin.now.said });
      if (trouble === undefined && !isChanged) this.why.delete(`${server.id}/${tool}`);
      else {
        hidden.add(tool);
        this.why.set(`${server.id}/${tool}`, definition);
      }
    }
    return { hidden, told };
  }

  /** The same for what a server says beside its tools. `warn` lets all of it pass but the words to the model (enforce E16). */
  lookBeside(
    server: UpstreamServer,
    beside: Beside,
    { things, isEnd }: { readonly things: ReadonlyMap<string, ToolDefinition>; readonly isEnd: boolean },
  ): Look {
    const shelf = shelfOf(server.id, beside);
    const isLoose = server.pin === "warn" && beside !== "instructions";
    const told = this.pins.see(shelf, things, isEnd).map((drift): ToldDrift => {
      const { was, is } = drift;
      const lines = was === undefined ? [] : changesBetween(was, is).map(changeLine);
      return { ...drift, beside, change: isLoose ? "altered" : drift.change, lines };
    });
    const drifted = new Set(this.pins.list(shelf).flatMap(({ tool, now }) => (now === undefined ? [] : [tool])));
    const hidden = new Set<string>();
    for (const [name, definition] of things) {
      const what = hiddenIn(definition.said);
      const { digest: after, said: is } = definition;
      const hides: ToldDrift = {
        tool: name,
        change: "hides",
        beside,
        after,
        is,
        lines: [`it holds ${what ?? "nothing"}`],
      };
      if (what !== undefined && this.isNews(shelf, hides)) told.push(hides);
      if (what === undefined && (isLoose || !drifted.has(name))) this.why.delete(`${shelf}/${name}`);
      else {
        hidden.add(name);
        this.why.set(`${shelf}/${name}`, definition);
      }
    }
    return { hidden, told };
  }

  /** Whether that was withheld when it was last listed, and nobody accepted it since. */
  hasBeside(server: ServerId, beside: Beside, name: string): boolean {
    const shelf = shelfOf(server, beside);
    const withheld = this.why.get(`${shelf}/${name}`);
    if (withheld === undefined) return false;
    return hiddenIn(withheld.said) !== undefined || !this.isPinned(shelf, name, withheld);
  }

  /** Whether a tool was withheld when it was last listed, and nobody accepted it since. */
  has(server: ServerId, tool: string): boolean {
    const withheld = this.why.get(`${server}/${tool}`);
    if (withheld === undefined) return false;
    if (hiddenIn(withheld.said) !== undefined || this.shadowed(server, tool) !== undefined) return true;
    return !this.isPinned(server, tool, withheld);
  }

  private isPinned(shelf: PinShelf, name: string, { digest }: ToolDefinition): boolean {
    return this.pins.list(shelf).find((pin) => pin.tool === name)?.pinned.digest === digest;
  }

  private troubleOf(server: UpstreamServer, tool: string, { digest, said }: ToolDefinition): ToldDrift | undefined {
    const what = hiddenIn(said);
    if (what !== undefined) return { tool, change: "hides", after: digest, is: said, lines: [`it holds ${what}`] };
    const other = this.shadowed(server.id, tool);
    if (other === undefined) return undefined;
    return { tool, change: "shadows", after: digest, is: said, lines: [`its name looks like ${other}`] };
  }

  /** The tool that this name only looks like: the same name at another server is no disguise. */
  private shadowed(server: ServerId, tool: string): string | undefined {
    const form = skeleton(tool);
    if (!isAscii(tool)) return this.looks.get(form);
    if (this.looks.size < TOLD_MAX) this.looks.set(form, `${server}/${tool}`);
    return undefined;
  }

  private isNews(shelf: PinShelf, { tool, change, after }: ToldDrift): boolean {
    const key = `${shelf}/${tool} ${change} ${after}`;
    if (this.told.has(key)) return false;
    if (this.told.size < TOLD_MAX) this.told.add(key);
    return true;
  }
}

function toldOf(server: UpstreamServer, drift: ToolDrift): ToldDrift {
  if (drift.change === "appeared") return { ...drift, lines: [] };
  const { was, is } = drift;
  const lines = was === undefined ? [] : changesBetween(was, is).map(changeLine);
  return { ...drift, change: withholds(server, { was, is }) ? "changed" : "altered", lines };
}

/** `warn` lets pass what takes no more than before; what it was is not known, so it may take anything. */
function withholds(
  { pin }: UpstreamServer,
  { was, is }: { readonly was: ToolDefinition["said"] | undefined; readonly is: ToolDefinition["said"] },
): boolean {
  return pin !== "warn" || was === undefined || mayTakeMore(was, is);
}

function isAscii(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}
