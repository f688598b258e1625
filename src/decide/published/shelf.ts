// SPDX-License-Identifier: Apache-2.0
// The life of policy sets: published, agreed to, released to whom, taken back (D22, D25 to D27). A change is stored with the
// entry that it owes, and binds once that entry is durable; what a crash left owing is written at the next start, before it
// binds. One change after the other.
import {
  type AdminName,
  type Clock,
  type Digest,
  type DomainId,
  digestOf,
  type IdentityId,
  type Instant,
  instant,
  type Random,
  type Reference,
  type Timers,
} from "../../core/index.ts";
import type { PolicyControl } from "../decider.ts";
import { ALL } from "../releases/release.ts";
import type { Bundle } from "../sets/bundle.ts";
import { type Act, Books } from "./books.ts";
import { releaseData, setData } from "./entry.ts";
import { Guard } from "./guard.ts";
import { Library, type LibraryPorts } from "./library.ts";
import { type PublishedSet, publishedSet, setTerms } from "./published-set.ts";
import type { Change } from "./rows.ts";
import {
  type Around,
  barredFrom,
  isOpen,
  mayBind,
  mayStand,
  type No,
  refused,
  supersededBy,
  UNKNOWN_RELEASE,
  UNKNOWN_SET,
} from "./rules.ts";
import { isSameScope, type Scope } from "./scope.ts";
import {
  type Approval,
  CONFIRM_MS,
  type ReleaseMode,
  type RollbackIf,
  releaseTerms,
  type SetRelease,
} from "./set-release.ts";
import type { Staged } from "./stage.ts";
import { tightens } from "./tightens.ts";

export interface ShelfPorts extends LibraryPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly control: Pick<PolicyControl, "stage" | "staged" | "onAnswer">;
  readonly domain: DomainId;
  readonly fourEyes: boolean;
  /** The bundle under all releases. */
  readonly base: () => Bundle | undefined;
  /** Other rules bind from here on. */
  readonly changed: () => void;
}

export interface ReleaseWish {
  readonly digest: Digest;
  readonly mode: ReleaseMode;
  readonly scope: Scope;
  readonly percent: number;
  readonly from?: Instant;
  readonly until?: Instant;
  readonly rollbackIf?: RollbackIf;
}

export type Done<T> = { readonly done: T; readonly reference: Reference } | No;

/** UNIT: ms. How often somebody looks whether a release is over; what binds is asked at each decision. */
const LOOK_MS = 60_000;

/** @throws DecideError, StoreError, RecordError where what is in force cannot be read or written down */
export async function openShelf(ports: ShelfPorts): Promise<PolicyShelf> {
  const shelf = new PolicyShelf(ports);
  await shelf.open();
  return shelf;
}

export class PolicyShelf implements Disposable {
  private readonly ports: ShelfPorts;
  private readonly books: Books;
  private readonly library: Library;
  private tail: Promise<unknown> = Promise.resolve();
  private readonly guard: Guard;
  private readonly ends: readonly (() => void)[];

  constructor(ports: ShelfPorts) {
    this.ports = ports;
    this.books = new Books(ports);
    this.library = new Library(ports);
    this.guard = new Guard(ports.clock, (id, why) => {
      // whoever tripped it was answered already; the next one falls to what lies under the release
      void this.pause(id, { by: "system", because: why }).catch(() => undefined);
    });
    this.ends = [
      ports.control.onAnswer((release, decision) => this.guard.see(release, decision)),
      ports.timers.every(LOOK_MS, () => void this.run(() => this.look()).catch(() => undefined)),
    ];
  }

  /** What bound before binds again, before anybody is let in. */
  async open(): Promise<void> {
    await this.books.open();
    for (const { digest, state } of this.books.all()) if (state === "standing") await this.library.open(digest);
    this.apply();
    await this.run(() => this.look());
  }

  list(): { readonly sets: readonly PublishedSet[]; readonly releases: readonly SetRelease[] } {
    const sets = [...this.books.sets.values()].toSorted((a, b) => b.at - a.at);
    return { sets, releases: this.books.all().toSorted((a, b) => b.seq - a.seq) };
  }

  set(digest: Digest): PublishedSet | undefined {
    return this.books.sets.get(digest);
  }

  release(id: string): SetRelease | undefined {
    return this.books.releases.get(id);
  }

  /** Compiled; `undefined` for a set that nobody published, or that cannot be loaded any more. */
  async bundle(digest: Digest): Promise<Bundle | undefined> {
    const base = this.ports.base();
    if (base?.digest === digest) return base;
    return this.books.sets.has(digest) ? this.library.open(digest) : undefined;
  }

  /** The bundle of a set that is in memory: for the sentences of its rules. */
  loaded(): readonly Bundle[] {
    return this.library.all();
  }

  /** What a second person signs for a set. */
  termsOf(set: PublishedSet): Digest {
    return digestOf(setTerms(set));
  }

  releaseTermsOf(release: SetRelease): Digest {
    return digestOf(releaseTerms(release));
  }

  /** Keeps a set; it binds nobody yet. */
  publish(bundle: Bundle, act: Act): Promise<Done<PublishedSet>> {
    return this.run(async () => {
      const { fourEyes, domain, clock } = this.ports;
      if (bundle.domain !== domain)
        return refused(`the set is for the domain ${bundle.domain}, and here it is ${domain}`);
      if (fourEyes && act.by === "system")
        return refused("nobody is known by name, so nobody could be the second person", "npx bailiwick up owner");
      const general = this.general();
      const against = general?.digest ?? null;
      const known = this.books.sets.get(bundle.digest);
      if (known !== undefined && known.against === against && known.sourceDigest === bundle.sourceDigest)
        return refused(
          `it was published already, ${known.approved === undefined && !known.tightens ? "and waits" : "and may be rolled out"}`,
        );
      const is = general !== undefined && tightens(general, bundle);
      const enforced = known?.enforced === undefined ? {} : { enforced: known.enforced };
      const set = { ...publishedSet(bundle, { ...act, at: clock.now(), against, tightens: is }), ...enforced };
      const data = setData(set);
      const change = { set, texts: bundle.texts };
      const reference = await this.books.put(change, { name: "policy.published", ...act, after: set.digest, data });
      this.library.keep(bundle);
      return { done: set, reference };
    });
  }

  /** Why this person may not agree to it; nothing where they may. */
  barred(of: { readonly by: Act["by"] }, person: IdentityId): No | undefined {
    return barredFrom(of.by, person);
  }

  approve(digest: Digest, approval: Approval): Promise<Done<PublishedSet>> {
    return this.run(async () => {
      const set = this.books.sets.get(digest);
      if (set === undefined) return UNKNOWN_SET;
      const no = barredFrom(set.by, approval.by) ?? this.stale(set, approval);
      if (no !== undefined) return no;
      const next = { ...set, approved: approval };
      const because = `agreed to what ${set.policies} policies let through`;
      const draft = { name: "policy.approved", by: approval.by, because, after: digest, data: setData(next) } as const;
      return { done: next, reference: await this.books.put({ set: next }, draft) };
    });
  }

  /** Releases a set; where the same set is out in the same scope and mode already, its share is changed. */
  rollout(wish: ReleaseWish, act: Act): Promise<Done<SetRelease>> {
    return this.run(async () => {
      const set = this.books.sets.get(wish.digest);
      if (set === undefined) return UNKNOWN_SET;
      const { clock, random } = this.ports;
      const now = clock.now();
      const known = this.books
        .all()
        .find(
          ({ digest, mode, scope, state }) =>
            state === "standing" && digest === wish.digest && mode === wish.mode && isSameScope(scope, wish.scope),
        );
      const { percent } = wish;
      const fresh: SetRelease = {
        ...wish,
        from: wish.from === undefined ? now : instant(Math.max(now, wish.from)),
        id: random.id(),
        state: wish.mode === "observe" && this.ports.fourEyes ? "waiting" : "standing",
        seq: this.books.nextSeq(),
        ...act,
        changed: now,
      };
      const release = known === undefined ? fresh : { ...known, percent, ...act, changed: now };
      const isLess = known !== undefined && percent < known.percent;
      const no = mayStand(release, this.books.all(), now) ?? (isLess ? undefined : await this.mayBind(set, release));
      if (no !== undefined) return no;
      return this.stand(isLess ? this.doubted(release, "narrowed", act) : release, act);
    });
  }

  /** A second person's yes to a release, or to what one person did to it at once. */
  agree(id: string, approval: Approval): Promise<Done<SetRelease>> {
    return this.run(async () => {
      const release = this.books.releases.get(id);
      if (release === undefined) return UNKNOWN_RELEASE;
      const { unconfirmed, ...rest } = release;
      const by = release.state === "waiting" ? release.by : unconfirmed?.by;
      if (by === undefined) return refused("nothing of it waits for a second person");
      const no = barredFrom(by, approval.by);
      if (no !== undefined) return no;
      if (approval.terms !== this.releaseTermsOf(release)) return refused("it is not what was shown any more");
      if (release.state !== "waiting") {
        const because = `agreed that it was ${unconfirmed?.what ?? ""}`;
        return this.change("policy.approved", [{ ...rest, approved: approval }], { by: approval.by, because });
      }
      return this.stand({ ...rest, state: "standing", approved: approval }, { by: approval.by, because: "agreed" });
    });
  }

  pause(id: string, act: Act): Promise<Done<SetRelease>> {
    return this.run(async () => {
      const release = this.books.releases.get(id);
      if (release === undefined) return UNKNOWN_RELEASE;
      if (release.state !== "standing") return refused(`it is ${release.state}`);
      const paused = this.doubted({ ...release, state: "paused", changed: this.ports.clock.now() }, "paused", act);
      return this.change("policy.paused", [paused], act);
    });
  }

  resume(id: string, act: Act): Promise<Done<SetRelease>> {
    return this.run(async () => {
      const release = this.books.releases.get(id);
      if (release === undefined) return UNKNOWN_RELEASE;
      if (release.state !== "paused") return refused(`it is ${release.state}`);
      const set = this.books.sets.get(release.digest);
      if (set === undefined) return UNKNOWN_SET;
      const again = standing(release, this.ports.clock.now());
      const no = mayStand(again, this.books.all(), this.ports.clock.now()) ?? (await this.mayBind(set, again));
      return no ?? (await this.stand(again, act));
    });
  }

  /** Takes a release back: what it took the place of binds again, or the set `to`, if that ever bound (D27). */
  rollback(id: string, act: Act, to?: Digest): Promise<Done<SetRelease>> {
    return this.run(async () => {
      const release = this.books.releases.get(id);
      if (release === undefined) return UNKNOWN_RELEASE;
      if (!isOpen(release)) return refused("it binds nobody any more");
      const now = this.ports.clock.now();
      const gone: SetRelease = { ...release, state: "retired", changed: now };
      if (to !== undefined) return this.goBackTo(to, gone, act);
      const back = this.books.all().filter(({ retiredBy }) => retiredBy === id);
      const again = back.map((one): SetRelease => standing(one, now));
      for (const { digest } of again) await this.library.open(digest);
      return this.change("policy.retired", [this.doubted(gone, "rolled back", act), ...again], act);
    });
  }

  /** Ends the listening; what is stored stays. */
  [Symbol.dispose](): void {
    for (const end of this.ends) end();
  }

  private async goBackTo(to: Digest, gone: SetRelease, act: Act): Promise<Done<SetRelease>> {
    const set = this.books.sets.get(to);
    if (set?.enforced === undefined)
      return refused("that set never bound anybody", "choose one that did: npx bailiwick policy status");
    const bundle = await this.library.open(to);
    if (bundle === undefined) return refused("that set cannot be loaded any more");
    const { scope } = gone;
    const now = this.ports.clock.now();
    const ids = { id: this.ports.random.id(), seq: this.books.nextSeq() };
    const release: SetRelease = {
      digest: to,
      mode: "enforce",
      scope,
      percent: ALL,
      from: now,
      state: "standing",
      ...ids,
      ...act,
      changed: now,
    };
    const marked = this.doubted(release, "rolled back", act);
    const others = supersededBy(marked, this.books.all(), now).filter(({ id }) => id !== gone.id);
    return this.change("policy.activated", [marked, { ...gone, retiredBy: release.id }, ...others], act);
  }

  /** In force, or waiting for its second person; what it takes the place of ends with the same entry. */
  private async stand(release: SetRelease, act: Act): Promise<Done<SetRelease>> {
    const set = this.books.sets.get(release.digest);
    if ((await this.library.open(release.digest)) === undefined || set === undefined)
      return refused("the set cannot be loaded any more", "publish it again");
    if (release.state === "waiting") return this.change("policy.released", [release], act);
    const binds = release.mode === "enforce" && set.enforced === undefined;
    const marked = binds ? { ...set, enforced: release.from } : undefined;
    return this.change(
      "policy.activated",
      [release, ...supersededBy(release, this.books.all(), this.ports.clock.now())],
      act,
      marked,
    );
  }

  private async change(
    name: AdminName,
    releases: readonly SetRelease[],
    act: Act,
    set?: PublishedSet,
  ): Promise<Done<SetRelease>> {
    const [first] = releases;
    if (first === undefined) return UNKNOWN_RELEASE;
    const data = releaseData(first, releases.slice(1));
    const change: Change = { releases, ...(set === undefined ? {} : { set }) };
    const reference = await this.books.put(change, { name, ...act, after: first.digest, data });
    this.apply();
    return { done: first, reference };
  }

  /** One person did it at once: somebody else has to agree, and until then every status says so. */
  private doubted(release: SetRelease, what: "paused" | "rolled back" | "narrowed", { by }: Act): SetRelease {
    if (!this.ports.fourEyes || release.mode === "shadow") return release;
    return { ...release, unconfirmed: { by, what, until: instant(this.ports.clock.now() + CONFIRM_MS) } };
  }

  private async mayBind(set: PublishedSet, release: SetRelease): Promise<No | undefined> {
    const { fourEyes, clock } = this.ports;
    const general = this.general()?.digest ?? null;
    const around: Around = {
      fourEyes,
      now: clock.now(),
      general,
      tightensAll: await this.tightensAll(set.digest, release),
    };
    return mayBind(set, release, around);
  }

  /** Compared with everything that binds anybody now, or may again. */
  private async tightensAll(digest: Digest, release: SetRelease): Promise<boolean> {
    const bundle = await this.library.open(digest);
    if (bundle === undefined) return false;
    const others = this.books
      .all()
      .filter(
        ({ id, mode, state }) => id !== release.id && mode !== "shadow" && state !== "retired" && state !== "waiting",
      );
    // who is observed is let through: any set that enforces takes away from that
    const enforced = others.filter(({ mode }) => mode === "enforce");
    const bound: Bundle[] = [];
    for (const { digest: other } of enforced) {
      const found = await this.library.open(other);
      if (found === undefined) return false;
      bound.push(found);
    }
    const base = this.ports.base();
    return [...(base === undefined ? [] : [base]), ...bound].every(
      (one) => one.digest === digest || tightens(one, bundle),
    );
  }

  private stale(set: PublishedSet, { terms }: Approval): No | undefined {
    if (terms !== this.termsOf(set)) return refused("it is not what was shown any more");
    if (set.against === (this.general()?.digest ?? null)) return undefined;
    return refused("other rules are in force by now than it was compared with", "publish it again");
  }

  /** What binds whoever no narrower release is for. */
  private general(): Bundle | undefined {
    const digest = this.ports.control.staged(this.ports.domain).general(this.ports.clock.now())?.set?.digest;
    const base = this.ports.base();
    if (digest === undefined || base?.digest === digest) return base;
    return this.library.held(digest);
  }

  /** What is over is written down, and what nobody agreed to in time is said aloud. */
  private async look(): Promise<void> {
    const now = this.ports.clock.now();
    for (const release of this.books.all()) {
      const { id, state, until, unconfirmed } = release;
      if (state === "standing" && until !== undefined && now >= until) {
        const because = "its time is over: what lies under it binds";
        await this.change("policy.retired", [{ ...release, state: "retired", changed: now }], {
          by: "system",
          because,
        });
        continue;
      }
      if (unconfirmed === undefined || unconfirmed.told === true || now < unconfirmed.until) continue;
      const because = `it was ${unconfirmed.what} by one person, and no other agreed in a day`;
      const late = { ...release, unconfirmed: { ...unconfirmed, told: true as const } };
      await this.change("policy.unconfirmed", [late], { by: "system", because });
      this.ports.log.fault("DECIDE_UNCONFIRMED", { release: id, what: unconfirmed.what });
    }
  }

  /** One swap: the next decision sees all of it, and none saw half. */
  private apply(): void {
    const { control, domain } = this.ports;
    const on = this.books.all().filter(({ state }) => state === "standing");
    const staged: readonly Staged[] = on.map((release) => ({
      release,
      set: this.library.held(release.digest)?.set,
    }));
    control.stage(domain, staged);
    this.guard.keep(on);
    this.ports.changed();
  }

  private run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work);
    this.tail = turn.catch(() => undefined); // the caller gets the fault; the queue goes on
    return turn;
  }
}

/** In force again, as if it had never been out of it. */
function standing({ retiredBy: _retired, unconfirmed: _doubt, ...release }: SetRelease, changed: Instant): SetRelease {
  return { ...release, state: "standing", changed };
}
