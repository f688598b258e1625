// SPDX-License-Identifier: Apache-2.0
// Watches releases that say when they are to be taken back (`rollbackIf`, D27): the share of denials, challenges and errors
// among those that a release binds, against all others in the same time.
import type { Clock, Decision } from "../../core/index.ts";
import type { RollbackIf, SetRelease } from "./set-release.ts";

/** Parts of a window; the oldest is forgotten as a whole. */
const PARTS = 8;
/** Answers of a release before its share says anything. */
const ENOUGH = 20;

interface Part {
  readonly began: number;
  answers: number;
  denied: number;
  challenged: number;
  failed: number;
}

interface Watched {
  readonly rule: RollbackIf;
  readonly own: Window;
  readonly rest: Window;
}

class Window {
  private readonly partMs: number;
  private readonly parts: Part[] = [];

  constructor(windowMs: number) {
    this.partMs = windowMs / PARTS;
  }

  add({ answer, would, errors }: Decision, now: number): void {
    const meant = would ?? answer;
    const part = this.current(now);
    part.answers += 1;
    if (meant === "deny") part.denied += 1;
    if (meant === "challenge") part.challenged += 1;
    if (errors.length > 0) part.failed += 1;
  }

  /** Shares of all answers of the window; zero for none. */
  rates(now: number): {
    readonly answers: number;
    readonly deny: number;
    readonly challenge: number;
    readonly error: number;
  } {
    this.current(now);
    const sum = (of: (part: Part) => number): number => this.parts.reduce((total, part) => total + of(part), 0);
    const answers = sum((part) => part.answers);
    const share = (count: number): number => (answers === 0 ? 0 : count / answers);
    const [deny, challenge] = [share(sum((part) => part.denied)), share(sum((part) => part.challenged))];
    return { answers, deny, challenge, error: share(sum((part) => part.failed)) };
  }

  private current(now: number): Part {
    while (this.parts[0] !== undefined && now - this.parts[0].began >= this.partMs * PARTS) this.parts.shift();
    const last = this.parts.at(-1);
    if (last !== undefined && now - last.began < this.partMs) return last;
    const part = { began: now, answers: 0, denied: 0, challenged: 0, failed: 0 };
    this.parts.push(part);
    return part;
  }
}

export class Guard {
  private readonly clock: Clock;
  private readonly trip: (release: string, why: string) => void;
  private readonly watched = new Map<string, Watched>();

  constructor(clock: Clock, trip: (release: string, why: string) => void) {
    this.clock = clock;
    this.trip = trip;
  }

  /** These stand; counts of those that stood before go on. */
  keep(releases: readonly SetRelease[]): void {
    const standing = new Set(releases.map(({ id }) => id));
    for (const id of this.watched.keys()) if (!standing.has(id)) this.watched.delete(id);
    for (const { id, rollbackIf: rule } of releases) {
      if (rule === undefined || this.watched.has(id)) continue;
      this.watched.set(id, { rule, own: new Window(rule.windowMs), rest: new Window(rule.windowMs) });
    }
  }

  see(release: string | undefined, decision: Decision): void {
    if (this.watched.size === 0) return;
    const now = this.clock.monotonic();
    for (const [id, { own, rest, rule }] of this.watched) {
      (id === release ? own : rest).add(decision, now);
      const why = id === release ? crossed(rule, own.rates(now), rest.rates(now)) : undefined;
      if (why === undefined) continue;
      this.watched.delete(id);
      this.trip(id, why);
    }
  }
}

type Rates = ReturnType<Window["rates"]>;

function crossed(rule: RollbackIf, own: Rates, rest: Rates): string | undefined {
  if (own.answers < ENOUGH) return undefined;
  const limits = [
    ["denials", rule.denyRate, own.deny, rest.deny],
    ["challenges", rule.challengeRate, own.challenge, rest.challenge],
    ["errors", rule.errorRate, own.error, rest.error],
  ] as const;
  for (const [what, most, share, under] of limits)
    if (most !== undefined && share - under > most)
      return `${what} of ${percent(share)} against ${percent(under)} for all others in the same time`;
  return undefined;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
