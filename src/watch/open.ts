// SPDX-License-Identifier: Apache-2.0
// Puts the room together, and looks at what the record holds that was not looked at before.
import {
  type Clock,
  type DecoyFound,
  type DecoyKind,
  type Decoys,
  type EntrySource,
  type EntryWatch,
  type Finding,
  type FindingId,
  type FindingSink,
  type Findings,
  type IdentityId,
  type JsonObject,
  jsonObject,
  type Log,
  type Mac,
  member,
  parseDecoyId,
  type Random,
  type Recorder,
  type Ref,
  type Store,
  type Timers,
  type ToolDefinition,
  type ToolPins,
  writeJson,
} from "../core/index.ts";
import { Book } from "./book.ts";
import { Recent, signsOf } from "./detectors.ts";
import { eventOf, type WatchEvent } from "./event.ts";
import { Pins } from "./pins.ts";
import { type Decoy, Rows } from "./rows.ts";
import type { Weights } from "./weights.ts";

export interface WatchPorts {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly entries: EntrySource;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** Called in the same tick as a finding is made. */
  readonly sink: FindingSink;
}

export interface DecoySpec {
  readonly kind: DecoyKind;
  /** Of the value, under the key of purpose `value`. This room never has the value. */
  readonly mac: Mac;
  /** What holds it. */
  readonly place: Ref;
  readonly by: IdentityId | "system";
}

export interface Watch extends EntryWatch, Findings, AsyncDisposable {
  readonly decoys: Decoys;
  readonly pins: ToolPins;
  /** Looks at an entry that no gate wrote, once it is durable. Never throws. */
  notice(entry: JsonObject): void;
  /** A person accepted a tool as it is now. @param name `server/tool` @returns what is pinned from now on */
  accept(name: string): ToolDefinition | undefined;
  /**
   * From now on whoever meets this value is noticed. Durable when it resolves; the same value twice is one decoy.
   * @throws StoreError, RecordError
   */
  plant(spec: DecoySpec): Promise<Decoy>;
  /** Newest first. */
  list(): readonly Finding[];
  get(id: FindingId): Finding | undefined;
  /** Looks at what the last process left unlooked; to be called once whoever acts on findings can. */
  catchUp(): Promise<void>;
}

/** UNIT: ms. How much of the record a restart may have to look at again. */
const CHECKPOINT_MS = 5000;
/** Intents whose outcome may still come while the record is read again. */
const INTENTS_MAX = 10_000;

/** Opens the room over a store that has `WATCH_SCHEMA`. @throws StoreError, WatchError */
export async function openWatch(ports: WatchPorts, weights: Weights): Promise<Watch> {
  const watch = new WatchRoom(ports, weights);
  await watch.load();
  return watch;
}

class WatchRoom implements Watch {
  readonly decoys: Decoys;
  readonly pins: Pins;
  private readonly ports: WatchPorts;
  private readonly rows: Rows;
  private readonly book: Book;
  private readonly recent = new Recent();
  private readonly planted = new Map<Mac, Decoy>();
  private readonly stopCheckpoints: () => void;

  constructor(ports: WatchPorts, weights: Weights) {
    const { planted } = this;
    this.ports = ports;
    this.rows = new Rows(ports.store);
    this.book = new Book(ports, this.rows, weights);
    this.pins = new Pins(this.rows, ports.log);
    this.decoys = {
      get any() {
        return planted.size > 0;
      },
      find: (mac: Mac): DecoyFound | undefined => planted.get(mac),
    };
    this.stopCheckpoints = ports.timers.every(CHECKPOINT_MS, () => void this.book.save());
  }

  async load(): Promise<void> {
    for (const decoy of await this.rows.decoys()) this.planted.set(decoy.mac, decoy);
    await this.book.load();
    await this.pins.load();
  }

  see(id: Parameters<EntryWatch["see"]>[0], draft: Parameters<EntryWatch["see"]>[1]): readonly Finding[] {
    try {
      return this.look(eventOf({ ...draft, id, at: this.ports.clock.now() }));
    } catch (cause) {
      this.ports.log.fault("WATCH_DETECTOR_FAILED", { why: cause instanceof Error ? cause.message : "unknown" });
      return [];
    }
  }

  raise(draft: Parameters<Findings["raise"]>[0]): Finding {
    return this.book.raise(draft);
  }

  notice(entry: JsonObject): void {
    const name = member(entry, "name");
    if (typeof name !== "string" || !NOTICED.has(name)) return;
    try {
      this.look(eventOf(plain(entry)));
    } catch (cause) {
      this.ports.log.fault("WATCH_DETECTOR_FAILED", { why: cause instanceof Error ? cause.message : "unknown" });
    }
  }

  accept(name: string): ToolDefinition | undefined {
    return this.pins.accept(name);
  }

  list(): readonly Finding[] {
    return this.book.list();
  }

  get(id: FindingId): Finding | undefined {
    return this.book.get(id);
  }

  async plant({ kind, mac, place, by }: DecoySpec): Promise<Decoy> {
    const known = this.planted.get(mac);
    if (known !== undefined) return known;
    const { clock, random, recorder } = this.ports;
    const decoy: Decoy = { id: parseDecoyId(random.id()), kind, mac, place, planted: clock.now() };
    await this.rows.plant(decoy);
    this.planted.set(mac, decoy);
    // where it lies is told to nobody: whoever reads the record must not learn what to leave alone
    const data = jsonObject([
      ["decoy", decoy.id],
      ["kind", kind],
    ]);
    const because = "to notice who has no business there";
    await recorder.append({ type: "admin", name: "decoy.planted", by, because, data });
    return decoy;
  }

  async catchUp(): Promise<void> {
    const from = await this.rows.size();
    if (from !== undefined) await this.replay(from);
    await this.book.save();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopCheckpoints();
    await this.pins.settled();
    await this.book.save();
  }

  private async replay(from: number): Promise<void> {
    const intents = new Map<number, JsonObject>();
    for await (const { ref, entry } of this.ports.entries.read({ from })) {
      if (member(entry, "shape") === "intent" && intents.size < INTENTS_MAX) intents.set(ref.index, entry);
      this.look(eventOf(plain(withIntent(entry, intents))));
    }
  }

  private look(event: WatchEvent | undefined): readonly Finding[] {
    return event === undefined ? [] : signsOf(event, this.recent).map((draft) => this.book.raise(draft));
  }
}

/** Entries that are no gate's: what they are a sign of is noticed as they are written. */
const NOTICED: ReadonlySet<string> = new Set([
  "signin.noticed",
  "server.changed",
  "policy.unconfirmed",
  "witness.noticed",
]);

/** An outcome that tells of a planted value is looked at with the intent that it belongs to. */
function withIntent(entry: JsonObject, intents: ReadonlyMap<number, JsonObject>): JsonObject {
  if (member(entry, "type") !== "outcome" || member(entry, "decoys") === undefined) return entry;
  const index = member(member(entry, "of"), "index");
  const intent = typeof index === "number" ? intents.get(index) : undefined;
  return intent === undefined ? entry : { ...intent, outcome: entry };
}

function plain(entry: JsonObject): unknown {
  return JSON.parse(writeJson(entry));
}
