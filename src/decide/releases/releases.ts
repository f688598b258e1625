// SPDX-License-Identifier: Apache-2.0
// Which servers are observed and which are enforced (D25, D26). A change is stored with the entry that it owes, and holds once
// that is durable; what a crash left owing is written at the next start, before it holds.
import {
  type Clock,
  type EntryId,
  type IdentityId,
  type Log,
  type Mode,
  parseEntryId,
  type Random,
  type Recorder,
  type Reference,
  referenceOf,
  type ServerId,
  type Store,
  type TaskId,
  type Timers,
} from "../../core/index.ts";
import { ALL, firstRelease, mayObserve, modeOf, releaseEntry, type ServerRelease } from "./release.ts";
import { loadReleases, storeRelease } from "./rows.ts";

export interface ReleasePorts {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
}

export interface ReleaseChange {
  readonly server: ServerId;
  /** UNIT: percent of tasks, 0 (observe) to 100. */
  readonly enforced: number;
  readonly by: IdentityId | "system";
  readonly because: string;
}

export type Released =
  | { readonly done: ServerRelease; readonly reference: Reference }
  | { readonly no: "unknown" | "over"; readonly why: string };

export interface Releases extends Disposable {
  /** From memory, never throws. A server that nobody speaks of is enforced. */
  of(server: ServerId, task: TaskId): Mode;
  /** A server is here from now on; the mode counts only where it was never here before. @throws StoreError, RecordError */
  admit(server: ServerId, first: Mode): Promise<ServerRelease>;
  /**
   * Durable, and on the record, when it resolves.
   * @throws StoreError, RecordError: then it does not hold; where it was stored, it holds from the next start on
   */
  change(change: ReleaseChange): Promise<Released>;
  /** In the order of their names. */
  list(): readonly ServerRelease[];
  get(server: ServerId): ServerRelease | undefined;
}

/** UNIT: ms. How often somebody looks whether observing is over; what binds is asked at each call. */
const LOOK_MS = 60_000;

export async function openReleases(ports: ReleasePorts): Promise<Releases> {
  const releases = new ReleaseBook(ports);
  await releases.load();
  return releases;
}

class ReleaseBook implements Releases {
  private readonly ports: ReleasePorts;
  /** Changed only after the entry of the change is durable. */
  private readonly held = new Map<ServerId, ServerRelease>();
  /** The end of the queue: one change after the other. */
  private tail: Promise<unknown> = Promise.resolve();
  private readonly stop: () => void;

  constructor(ports: ReleasePorts) {
    this.ports = ports;
    this.stop = ports.timers.every(LOOK_MS, () => void this.run(() => this.endAll()).catch(() => undefined));
  }

  async load(): Promise<void> {
    for (const { release, owes } of await loadReleases(this.ports.store)) {
      if (owes !== undefined) await this.tell(release, owes);
      this.held.set(release.server, release);
    }
    await this.run(() => this.endAll());
  }

  of(server: ServerId, task: TaskId): Mode {
    const release = this.held.get(server);
    return release === undefined ? "enforce" : modeOf(release, task, this.ports.clock.now());
  }

  list(): readonly ServerRelease[] {
    return [...this.held.values()].toSorted((a, b) => (a.server < b.server ? -1 : 1));
  }

  get(server: ServerId): ServerRelease | undefined {
    return this.held.get(server);
  }

  admit(server: ServerId, first: Mode): Promise<ServerRelease> {
    return this.run(async () => {
      const known = this.held.get(server);
      if (known !== undefined) return known;
      const { clock, random } = this.ports;
      const release = firstRelease(server, first, { now: clock.now(), id: random.id() });
      // what begins enforced changes nothing for anybody: only observing is told of
      if (first === "enforce") await this.keep(release);
      else await this.put(release);
      return release;
    });
  }

  change({ server, enforced, by, because }: ReleaseChange): Promise<Released> {
    return this.run(async () => {
      const known = this.held.get(server);
      if (known === undefined) return { no: "unknown", why: `there is no server ${server}` };
      const now = this.ports.clock.now();
      if (enforced < ALL && !mayObserve(known, now)) return { no: "over", why: overOf(known) };
      const ended = known.until !== undefined && now >= known.until;
      const release = { ...known, enforced, ended, by, because, changed: now };
      return { done: release, reference: referenceOf(await this.put(release)) };
    });
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** What may be observed no longer is enforced already; here it is written down. */
  private async endAll(): Promise<void> {
    const now = this.ports.clock.now();
    for (const release of this.held.values()) {
      const { until, ended, server } = release;
      if (until === undefined || ended || now < until) continue;
      if (release.enforced >= ALL) {
        await this.keep({ ...release, ended: true });
        continue;
      }
      this.ports.log.fault("DECIDE_OBSERVE_ENDED", { server });
      await this.put({ ...release, enforced: ALL, ended: true, by: "system", because: OVER, changed: now });
    }
  }

  private async put(release: ServerRelease): Promise<EntryId> {
    const id = parseEntryId(this.ports.random.id());
    await storeRelease(this.ports.store, release, id);
    await this.tell(release, id);
    this.held.set(release.server, release);
    return id;
  }

  private async keep(release: ServerRelease): Promise<void> {
    await storeRelease(this.ports.store, release, null);
    this.held.set(release.server, release);
  }

  private async tell(release: ServerRelease, id: EntryId): Promise<void> {
    await this.ports.recorder.append(releaseEntry(release), { id });
    await storeRelease(this.ports.store, release, null);
  }

  private run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work);
    this.tail = turn.catch(() => undefined); // the caller gets the fault; the queue goes on
    return turn;
  }
}

const OVER = "its time to be observed is over: from here on it is enforced";

function overOf({ until }: ServerRelease): string {
  return until === undefined
    ? "it is enforced from its first day: what is enforced is not loosened by one person"
    : "its time to be observed is over";
}
