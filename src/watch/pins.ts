// SPDX-License-Identifier: Apache-2.0
// What each tool of a server, and what stands beside them, said when it was first seen whole (enforce E15): what differs later
// is drift, told once.
// The first list is taken as it is; from then on only a person accepts another. What was said is kept, so that a change can
// be read.
import type {
  Digest,
  JsonObject,
  Log,
  PinnedTool,
  PinShelf,
  ToolDefinition,
  ToolDrift,
  ToolPins,
} from "../core/index.ts";
import type { Rows } from "./rows.ts";

/** Tools that are pinned; of one more it cannot be told whether it changed. */
export const PINS_MAX = 10_000;

interface Pinned {
  readonly server: string;
  readonly tool: string;
  readonly digest: Digest;
  readonly said: JsonObject | undefined;
}

export class Pins implements ToolPins {
  private readonly rows: Rows;
  private readonly log: Log;
  private readonly pinned = new Map<string, Pinned>();
  /** Servers whose list was seen to its end. */
  private readonly whole = new Set<string>();
  /** What was seen last, where it is not what is pinned. */
  private readonly drifted = new Map<string, ToolDefinition>();
  private saving: Promise<void> = Promise.resolve();

  constructor(rows: Rows, log: Log) {
    this.rows = rows;
    this.log = log;
  }

  /** @throws StoreError, WatchError */
  async load(): Promise<void> {
    for (const pin of await this.rows.pins()) {
      this.pinned.set(nameOf(pin.server, pin.tool), pin);
      this.whole.add(pin.server);
    }
  }

  see(server: PinShelf, tools: ReadonlyMap<string, ToolDefinition>, isEnd: boolean): readonly ToolDrift[] {
    const isKnown = this.whole.has(server);
    const drifts: ToolDrift[] = [];
    for (const [tool, seen] of tools) {
      const name = nameOf(server, tool);
      const pin = this.pinned.get(name);
      if (pin?.digest === seen.digest) {
        this.drifted.delete(name);
        if (pin.said === undefined) this.pin(server, tool, seen);
      } else if (pin === undefined && !isKnown) this.pin(server, tool, seen);
      else if (this.drifted.get(name)?.digest !== seen.digest) {
        if (this.drifted.size < PINS_MAX) this.drifted.set(name, seen);
        drifts.push(driftOf(tool, pin, seen));
      }
    }
    if (isEnd && !isKnown) this.whole.add(server);
    return drifts;
  }

  definition(server: PinShelf, tool: string): JsonObject | undefined {
    return this.pinned.get(nameOf(server, tool))?.said;
  }

  list(server: PinShelf): readonly PinnedTool[] {
    const begins = `${server}/`;
    const names = [...this.pinned.keys(), ...this.drifted.keys()].filter((name) => name.startsWith(begins));
    return [...new Set(names)].toSorted().map((name) => {
      const [pin, now] = [this.pinned.get(name), this.drifted.get(name)];
      const said = pin?.said === undefined ? {} : { said: pin.said };
      const pinned = pin === undefined ? {} : { digest: pin.digest, ...said };
      return { tool: name.slice(begins.length), pinned, ...(now === undefined ? {} : { now }) };
    });
  }

  /** A person accepted the tool as it was seen last. @param name `server/tool` @returns what is pinned from now on */
  accept(name: string): ToolDefinition | undefined {
    const seen = this.drifted.get(name);
    const [server = "", ...rest] = name.split("/");
    if (seen === undefined) return undefined;
    this.drifted.delete(name);
    this.pin(server, rest.join("/"), seen);
    return seen;
  }

  /** Until what was pinned is on disk. */
  settled(): Promise<void> {
    return this.saving;
  }

  private pin(server: string, tool: string, seen: ToolDefinition): void {
    const name = nameOf(server, tool);
    if (this.pinned.size >= PINS_MAX && !this.pinned.has(name)) return;
    const pin = { server, tool, ...seen };
    this.pinned.set(name, pin);
    this.saving = this.saving
      .then(() => this.rows.pin(pin))
      .catch((cause: unknown) => {
        // pinned until this process ends, and taken as first seen by the next
        this.log.fault("WATCH_PIN_NOT_SAVED", { server, why: cause instanceof Error ? cause.message : "unknown" });
      });
  }
}

function driftOf(tool: string, pin: Pinned | undefined, { digest, said }: ToolDefinition): ToolDrift {
  if (pin === undefined) return { tool, change: "appeared", after: digest, is: said };
  const was = pin.said === undefined ? {} : { was: pin.said };
  return { tool, change: "changed", before: pin.digest, after: digest, ...was, is: said };
}

function nameOf(server: string, tool: string): string {
  return `${server}/${tool}`;
}
