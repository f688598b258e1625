// SPDX-License-Identifier: Apache-2.0
// Which set binds whom, as one value that never changes: whoever decides takes it once, so no decision sees two of them (D23).
import type { Digest, Instant } from "../../core/index.ts";
import type { PolicySet } from "../policy-set.ts";
import { type Asker, narrowness } from "./scope.ts";
import { isFor, isOn, isWhole, type SetRelease } from "./set-release.ts";

export interface Staged {
  readonly release: SetRelease;
  /** Undefined where it could not be loaded again: whoever it is for is denied until somebody rolls it back. */
  readonly set: PolicySet | undefined;
}

/** What one question is answered by. */
export interface Binding {
  readonly set: PolicySet | undefined;
  /** Absent where no release is for whoever asks: then it is the set under all of them. */
  readonly release?: SetRelease;
}

export class Stage {
  /** Under every release: what the folder of the policies holds. */
  readonly base: { readonly set: PolicySet; readonly since: Instant } | undefined;
  /** The narrowest first, and the latest first where they are equally narrow. */
  private readonly over: readonly Staged[];
  readonly staged: readonly Staged[];
  private readonly shadows: readonly Staged[];

  constructor(base: Stage["base"], staged: readonly Staged[]) {
    this.base = base;
    this.staged = staged;
    this.over = staged.filter(({ release }) => release.mode !== "shadow").toSorted(narrowestFirst);
    this.shadows = staged.filter(({ release }) => release.mode === "shadow");
  }

  /** No release stands, so nobody has to be looked at. */
  get isBare(): boolean {
    return this.over.length === 0 && this.shadows.length === 0;
  }

  binding(asker: Asker, now: Instant): Binding | undefined {
    for (const staged of this.over) if (isOn(staged.release, now) && isFor(staged.release, asker)) return staged;
    return this.base === undefined ? undefined : { set: this.base.set };
  }

  shadowsFor(asker: Asker, now: Instant): readonly Staged[] {
    if (this.shadows.length === 0) return this.shadows;
    return this.shadows.filter(({ release }) => isOn(release, now) && isFor(release, asker));
  }

  /** What binds whoever no narrower release is for: what a new set is compared with. */
  general(now: Instant): (Binding & { readonly since: Instant }) | undefined {
    for (const staged of this.over) {
      const { release } = staged;
      if (isOn(release, now) && isWhole(release) && narrowness(release.scope) === 0)
        return { ...staged, since: release.changed };
    }
    return this.base;
  }

  /** Every set that binds anybody now, each once. */
  sets(now: Instant): readonly PolicySet[] {
    const general = this.general(now);
    const on = this.over.filter(({ release }) => isOn(release, now)).map(({ set }) => set);
    const all = [general?.set, ...on].filter((set) => set !== undefined);
    return [...new Map<Digest, PolicySet>(all.map((set) => [set.digest, set])).values()];
  }
}

function narrowestFirst({ release: a }: Staged, { release: b }: Staged): number {
  return narrowness(b.scope) - narrowness(a.scope) || b.seq - a.seq;
}
