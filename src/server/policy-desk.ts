// SPDX-License-Identifier: Apache-2.0
// Policy sets for people: what somebody hands over is parsed, linted, validated and tried on its cases before it is kept; what
// a second person is shown is put together here, and what they sign.
import { type Clock, type Digest, type IdentityId, instant, type Problem, type Timers } from "../core/index.ts";
import {
  type Approval,
  type Bundle,
  type BundleDiff,
  createDecider,
  type Done,
  diffing,
  inTurns,
  loadBundle,
  type No,
  type PolicyAct,
  type PublishedSet,
  runCases,
  type SetRelease,
  type TextFile,
  turns,
} from "../decide/index.ts";
import type { Gate } from "../enforce/index.ts";
import type { Identify, Session } from "../identify/index.ts";
import type { PolicyRoom } from "./policy-room.ts";
import { SecondPerson, type Terms } from "./second-person.ts";

/** UNIT: ms. A yes to a set counts so long from its publication: afterwards it is published again. */
const YES_MS: number = 30 * 24 * 60 * 60_000;
/** Questions that are drawn to tell two sets apart. */
const TRIES = 2_000;
/** Comparisons that are kept: somebody looks at the same one several times. */
const KEPT = 8;

export interface DeskPorts extends Pick<PolicyRoom, "published" | "policies"> {
  readonly identify: Pick<Identify, "people">;
  readonly gate: Pick<Gate, "rejudge">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Parameters<typeof createDecider>[0]["log"];
  /** Whether a person without a passkey may agree: in the demo alone (experience X6). */
  readonly demo: boolean;
}

/** What the set would have made of the last calls. */
export interface LastCalls {
  readonly calls: number;
  readonly differ: number;
  /** `allow -> deny`, each once. */
  readonly moves: readonly string[];
}

export interface Checked {
  readonly digest: Digest | null;
  readonly policies: number;
  readonly problems: readonly Problem[];
  readonly cases: { readonly passed: number; readonly failed: number };
}

export class PolicyDesk {
  private readonly ports: DeskPorts;
  private readonly second: SecondPerson;
  private readonly diffs = new Map<string, Promise<BundleDiff>>();

  constructor(ports: DeskPorts) {
    this.ports = ports;
    this.second = new SecondPerson(ports.identify, ports.clock, ports.demo);
  }

  /** What is wrong with it; nothing is kept. */
  async check(texts: readonly TextFile[]): Promise<Checked> {
    const { checked } = await this.read(texts);
    return checked;
  }

  /** Keeps a set that has nothing wrong with it. */
  async publish(
    texts: readonly TextFile[],
    act: PolicyAct,
  ): Promise<{ readonly checked: Checked; readonly published?: Done<PublishedSet> }> {
    const { bundle, checked } = await this.read(texts);
    if (bundle === undefined || checked.cases.failed > 0) return { checked };
    return { checked, published: await this.ports.published.publish(bundle, act) };
  }

  /** What it would change against another set; `undefined` where one of them cannot be loaded. */
  async diff(before: Digest, after: Digest): Promise<BundleDiff | undefined> {
    const { published } = this.ports;
    const [old, next] = [await published.bundle(before), await published.bundle(after)];
    return old === undefined || next === undefined ? undefined : this.compare(old, next);
  }

  /** The last calls at this gate, judged by the set. */
  async lastCalls(digest: Digest): Promise<LastCalls | undefined> {
    const bundle = await this.ports.published.bundle(digest);
    if (bundle === undefined) return undefined;
    const candidate = createDecider(this.ports);
    candidate.swap(bundle.domain, bundle.set);
    const calls = this.ports.gate.rejudge(candidate);
    const other = calls.filter(({ was, now }) => was !== now);
    const moves = [...new Set(other.map(({ was, now }) => `${was} -> ${now}`))];
    return { calls: calls.length, differ: other.length, moves };
  }

  setTerms(set: PublishedSet, person: IdentityId): Terms {
    return this.second.termsFor(this.ports.published.termsOf(set), person);
  }

  releaseTerms(release: SetRelease, person: IdentityId): Terms {
    return this.second.termsFor(this.ports.published.releaseTermsOf(release), person);
  }

  async approveSet(set: PublishedSet, session: Session, answer: unknown): Promise<Done<PublishedSet>> {
    const { published } = this.ports;
    const no = published.barred(set, session.person);
    if (no !== undefined) return no;
    const signed = await this.sign(session, published.termsOf(set), { nonce: set.digest, at: set.at, answer });
    return "no" in signed ? signed : published.approve(set.digest, signed);
  }

  async approveRelease(release: SetRelease, session: Session, answer: unknown): Promise<Done<SetRelease>> {
    const { published } = this.ports;
    const no = published.barred({ by: release.unconfirmed?.by ?? release.by }, session.person);
    if (no !== undefined) return no;
    const terms = published.releaseTermsOf(release);
    const signed = await this.sign(session, terms, { nonce: release.id, at: release.changed, answer });
    return "no" in signed ? signed : published.agree(release.id, signed);
  }

  private sign(
    session: Session,
    digest: Digest,
    { nonce, at, answer }: { readonly nonce: string; readonly at: number; readonly answer: unknown },
  ): Promise<Approval | No> {
    return this.second.sign(session, { purpose: "policy", digest, nonce, exp: instant(at + YES_MS) }, answer);
  }

  private async read(texts: readonly TextFile[]): Promise<{ readonly bundle?: Bundle; readonly checked: Checked }> {
    const { timers } = this.ports;
    const loaded = await loadBundle({ texts, timers, pause: this.pause() });
    if ("problems" in loaded) {
      const cases = { passed: 0, failed: 0 };
      return { checked: { digest: null, policies: 0, problems: loaded.problems, cases } };
    }
    const { bundle } = loaded;
    const { results } = runCases(bundle);
    const fallen = results.filter(({ passed }) => !passed);
    const problems = [...bundle.problems, ...fallen.map(caseProblem)];
    const cases = { passed: results.length - fallen.length, failed: fallen.length };
    return { bundle, checked: { digest: bundle.digest, policies: bundle.policies.length, problems, cases } };
  }

  private compare(before: Bundle, after: Bundle): Promise<BundleDiff> {
    const key = `${before.digest} ${after.digest}`;
    const known = this.diffs.get(key);
    if (known !== undefined) return known;
    const at = this.ports.clock.now();
    const diff = inTurns(diffing(before, after, { tries: TRIES, seed: 1, at }), this.pause());
    this.diffs.set(key, diff);
    const [oldest] = this.diffs.keys();
    if (this.diffs.size > KEPT && oldest !== undefined) this.diffs.delete(oldest);
    return diff;
  }

  private pause(): ReturnType<typeof turns> {
    return turns(() => this.ports.clock.monotonic());
  }
}

/** A case that fell keeps the set out as much as a line that cannot be read. */
function caseProblem({ file, name, differences }: ReturnType<typeof runCases>["results"][number]): Problem {
  const text = `the case "${name}" fell: ${differences.join("; ")}`;
  const fix = "mend the policy or the case: npx bailiwick policy test DIR";
  return { code: "case_failed", file, line: 0, column: 0, text, fix, blocking: true };
}
