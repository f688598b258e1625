// SPDX-License-Identifier: Apache-2.0
// What a set in shadow would have answered (D24): the same inputs, after the binding answer is made, and within a budget of
// its own. Nothing that it does, and nothing that goes wrong in it, reaches that answer.
import type { Answer, Clock, Log, Question, Ref, ShadowHit } from "../../core/index.ts";
import { meansOf } from "../discharge.ts";
import { judgeBy } from "../judge-by.ts";
import type { Staged } from "./stage.ts";

/** UNIT: ms. SOURCE: decide D24 */
export const SHADOW_BUDGET_MS = 0.2;
/** Sets in shadow that one question is put to. SOURCE: decide section 2, `decide.shadow` */
const SHADOWS_MAX = 2;
/** Slow ones in a row before fewer are judged: one may have met a pause that is not its own. */
const SLOW_MAX = 8;
/** It is not sampled more thinly than this: one question in so many. */
const STRIDE_MAX = 1024;

interface Pace {
  /** One question in so many is judged. */
  stride: number;
  seen: number;
  slow: number;
}

export interface ShadowCount {
  readonly judged: number;
  readonly different: number;
  readonly failed: number;
  /** One question in so many is judged: more than 1 once it was slow. */
  readonly stride: number;
}

export class Shadows {
  private readonly ports: { readonly clock: Clock; readonly log: Log };
  private readonly paces = new Map<string, Pace>();
  private readonly counts = new Map<string, { judged: number; different: number; failed: number }>();

  constructor(ports: Shadows["ports"]) {
    this.ports = ports;
  }

  /** What differs from the answer that binds. */
  judge(shadows: readonly Staged[], question: Question, resource: Ref, binding: Answer): readonly ShadowHit[] {
    const hits: ShadowHit[] = [];
    for (const staged of shadows.slice(0, SHADOWS_MAX)) {
      const answer = this.one(staged, question, resource);
      if (answer === undefined || answer === binding || staged.set === undefined) continue;
      const count = this.countOf(staged.release.id);
      count.different += 1;
      hits.push({ release: staged.release.id, set: staged.set.digest, answer });
    }
    return hits;
  }

  count(release: string): ShadowCount {
    return { ...this.countOf(release), stride: this.paces.get(release)?.stride ?? 1 };
  }

  /** What it would answer; nothing where it was not asked or broke. */
  private one({ release, set }: Staged, question: Question, resource: Ref): Answer | undefined {
    const pace = this.paceOf(release.id);
    pace.seen += 1;
    if (set === undefined || pace.seen % pace.stride !== 0) return undefined;
    const count = this.countOf(release.id);
    count.judged += 1;
    const { clock } = this.ports;
    const began = clock.monotonic();
    try {
      return judgeBy(set, { ...question, resource }, meansOf(question, resource)).outcome.answer;
    } catch {
      count.failed += 1;
      return undefined;
    } finally {
      this.slowed(release.id, pace, clock.monotonic() - began);
    }
  }

  private slowed(release: string, pace: Pace, ms: number): void {
    pace.slow = ms > SHADOW_BUDGET_MS ? pace.slow + 1 : 0;
    if (pace.slow < SLOW_MAX || pace.stride >= STRIDE_MAX) return;
    pace.slow = 0;
    pace.stride *= 2;
    this.ports.log.fault("DECIDE_SHADOW_SLOW", { release, stride: pace.stride });
  }

  private paceOf(release: string): Pace {
    const pace = this.paces.get(release) ?? { stride: 1, seen: 0, slow: 0 };
    this.paces.set(release, pace);
    return pace;
  }

  private countOf(release: string): { judged: number; different: number; failed: number } {
    const count = this.counts.get(release) ?? { judged: 0, different: 0, failed: 0 };
    this.counts.set(release, count);
    return count;
  }
}
