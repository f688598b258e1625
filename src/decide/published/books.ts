// SPDX-License-Identifier: Apache-2.0
// What is known of sets and releases: changed only after the entry of a change is durable. What a crash left owing is written
// at the next start, before it counts.
import {
  type AdminName,
  type Digest,
  type JsonObject,
  parseEntryId,
  type Random,
  type Recorder,
  type Reference,
  referenceOf,
  type Store,
} from "../../core/index.ts";
import type { PublishedSet } from "./published-set.ts";
import { type Change, loadSetReleases, loadSets, type Owed, settle, storeChange } from "./rows.ts";
import type { Actor, SetRelease } from "./set-release.ts";

/** Who did it, and why. */
export interface Act {
  readonly by: Actor;
  readonly because: string;
}

export interface BookPorts {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly random: Random;
}

export class Books {
  readonly sets: Map<Digest, PublishedSet> = new Map();
  readonly releases: Map<string, SetRelease> = new Map();
  private readonly ports: BookPorts;

  constructor(ports: BookPorts) {
    this.ports = ports;
  }

  /** @throws DecideError, StoreError, RecordError */
  async open(): Promise<void> {
    const { store } = this.ports;
    for (const { one, owes } of await loadSets(store)) {
      if (owes !== undefined) await this.tell({ set: one }, owes);
      this.sets.set(one.digest, one);
    }
    for (const { one, owes } of await loadSetReleases(store)) {
      if (owes !== undefined) await this.tell({ releases: [one] }, owes);
      this.releases.set(one.id, one);
    }
  }

  all(): readonly SetRelease[] {
    return [...this.releases.values()];
  }

  nextSeq(): number {
    return 1 + Math.max(0, ...this.all().map(({ seq }) => seq));
  }

  /** @throws StoreError, RecordError: then it does not count; where it was stored, it counts from the next start on */
  async put(
    change: Change,
    { by, because, ...entry }: Act & { readonly name: AdminName; readonly after: Digest; readonly data: JsonObject },
  ): Promise<Reference> {
    const draft = { type: "admin", by, because, ...entry } as const;
    const id = parseEntryId(this.ports.random.id());
    await storeChange(this.ports.store, change, { id, draft });
    await this.tell(change, { id, draft });
    if (change.set !== undefined) this.sets.set(change.set.digest, change.set);
    for (const release of change.releases ?? []) this.releases.set(release.id, release);
    return referenceOf(id);
  }

  private async tell(change: Change, { id, draft }: Owed): Promise<void> {
    await this.ports.recorder.append(draft, { id });
    await settle(this.ports.store, change);
  }
}
