// SPDX-License-Identifier: Apache-2.0
// What each tool of a server said of itself when it was first seen whole (enforce E15): what differs later is drift, told once.
// The first list is taken as it is; from then on only a person accepts another.
import type { Digest, Log, ServerId, ToolDrift, ToolPins } from "../core/index.ts";
import type { Rows } from "./rows.ts";

/** Tools that are pinned; of one more it cannot be told whether it changed. */
export const PINS_MAX = 10_000;

export class Pins implements ToolPins {
  private readonly rows: Rows;
  private readonly log: Log;
  private readonly pinned = new Map<string, Digest>();
  /** Servers whose list was seen to its end. */
  private readonly whole = new Set<string>();
  /** What was seen last, where it is not what is pinned. */
  private readonly drifted = new Map<string, Digest>();
  private saving: Promise<void> = Promise.resolve();

  constructor(rows: Rows, log: Log) {
    this.rows = rows;
    this.log = log;
  }

  /** @throws StoreError, WatchError */
  async load(): Promise<void> {
    for (const { server, tool, digest } of await this.rows.pins()) {
      this.pinned.set(nameOf(server, tool), digest);
      this.whole.add(server);
    }
  }

  see(server: ServerId, tools: ReadonlyMap<string, Digest>, isEnd: boolean): readonly ToolDrift[] {
    const isKnown = this.whole.has(server);
    const drifts: ToolDrift[] = [];
    for (const [tool, digest] of tools) {
      const name = nameOf(server, tool);
      const pin = this.pinned.get(name);
      if (pin === digest) this.drifted.delete(name);
      else if (pin === undefined && !isKnown) this.pin(server, tool, digest);
      else if (this.drifted.get(name) !== digest) {
        this.drifted.set(name, digest);
        drifts.push({ tool, change: pin === undefined ? "appeared" : "changed", after: digest, ...before(pin) });
      }
    }
    if (isEnd && !isKnown) this.whole.add(server);
    return drifts;
  }

  /** A person accepted the tool as it was seen last. @param name `server/tool` */
  accept(name: string): void {
    const digest = this.drifted.get(name);
    const [server = "", ...rest] = name.split("/");
    if (digest === undefined) return;
    this.drifted.delete(name);
    this.pin(server, rest.join("/"), digest);
  }

  /** Until what was pinned is on disk. */
  settled(): Promise<void> {
    return this.saving;
  }

  private pin(server: string, tool: string, digest: Digest): void {
    if (this.pinned.size >= PINS_MAX) return;
    this.pinned.set(nameOf(server, tool), digest);
    this.saving = this.saving
      .then(() => this.rows.pin({ server, tool, digest }))
      .catch((cause: unknown) => {
        // pinned until this process ends, and taken as first seen by the next
        this.log.fault("WATCH_PIN_NOT_SAVED", { server, why: cause instanceof Error ? cause.message : "unknown" });
      });
  }
}

function before(pin: Digest | undefined): { readonly before?: Digest } {
  return pin === undefined ? {} : { before: pin };
}

function nameOf(server: string, tool: string): string {
  return `${server}/${tool}`;
}
