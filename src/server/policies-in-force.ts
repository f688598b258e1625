// SPDX-License-Identifier: Apache-2.0
// Which rules are in force, and how others take their place: loaded whole, written into the record, swapped between two
// decisions. A folder that does not load changes nothing.
import {
  type AdminDraft,
  type Decider,
  type Digest,
  type DomainId,
  jsonObject,
  type Problem,
  type Recorder,
  type Reference,
  referenceOf,
} from "../core/index.ts";
import {
  type Bundle,
  createDecider,
  type DecidePorts,
  loadBundle,
  type PolicyControl,
  turns,
} from "../decide/index.ts";
import type { Gate } from "../enforce/index.ts";
import type { PolicyTexts } from "./explain.ts";
import { policyTexts } from "./policies.ts";
import { systemClock, systemTimers } from "./system.ts";

/** What became of a look at the folder. */
export type PolicyNews =
  | { readonly kind: "same" }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] }
  | {
      readonly kind: "changed";
      readonly rules: readonly RuleChange[];
      /** The last calls, as they were answered and as they would be. */
      readonly calls: ReturnType<Gate["rejudge"]>;
      readonly reference: Reference;
    };

export interface RuleChange {
  readonly id: string;
  readonly file: string;
  readonly how: "gone" | "new" | "changed";
}

export interface PolicyPorts extends DecidePorts {
  readonly recorder: Recorder;
  readonly decider: Decider & PolicyControl;
  /** Ends the questions of rules that are in force no more (respond R32). */
  readonly keepPolicies: (inForce: ReadonlySet<Digest>) => void;
  /** Sets that were published and are in memory: whose sentences somebody may ask for. */
  readonly published: () => readonly Bundle[];
}

export class PoliciesInForce {
  private readonly ports: PolicyPorts;
  private readonly domain: DomainId;
  private held: { readonly bundle: Bundle; readonly texts: PolicyTexts } | undefined;
  private readonly known = new WeakMap<Bundle, PolicyTexts>();

  constructor(ports: PolicyPorts, domain: DomainId) {
    this.ports = ports;
    this.domain = domain;
  }

  /** Undefined before the first set is in force. */
  get bundle(): Bundle | undefined {
    return this.held?.bundle;
  }

  readonly texts: PolicyTexts = {
    reason: (id, digest) =>
      this.held?.texts.reason(id, digest) ??
      this.ports
        .published()
        .map((bundle) => this.textsOf(bundle).reason(id, digest))
        .find((reason) => reason !== undefined),
  };

  /** What binds was changed: what a rule asked that binds nobody any more is asked no more. */
  changed(): void {
    const { decider, keepPolicies, clock } = this.ports;
    const sets = decider.staged(this.domain).sets(clock.now());
    keepPolicies(new Set(sets.flatMap(({ rules }) => rules.map(({ hit }) => hit.digest))));
  }

  private textsOf(bundle: Bundle): PolicyTexts {
    const texts = this.known.get(bundle) ?? policyTexts(bundle);
    this.known.set(bundle, texts);
    return texts;
  }

  /** A policy set decides only once the record says so (record L15). @throws RecordError where it cannot be written */
  async put(bundle: Bundle, because: string): Promise<Reference> {
    const data = jsonObject([
      ["bundle", bundle.name],
      ["policies", bundle.policies.length],
    ]);
    const draft = {
      type: "admin",
      name: "policy.activated",
      by: "system",
      because,
      after: bundle.digest,
      data,
    } as const;
    const receipt = await this.ports.recorder.append(draft);
    this.ports.decider.swap(this.domain, bundle.set);
    this.held = { bundle, texts: policyTexts(bundle) };
    this.changed();
    return referenceOf(receipt.id);
  }

  /** Looks at the folder again. @throws RecordError where the change cannot be written: then the old set stays */
  async reload(dir: string, gate: Pick<Gate, "rejudge">): Promise<PolicyNews> {
    const loaded = await loadBundle({ dir, timers: systemTimers, pause: turns(() => systemClock.monotonic()) });
    if ("problems" in loaded) {
      const problems = loaded.problems.filter(({ blocking }) => blocking);
      this.ports.recorder.note(rejectedEntry(problems));
      return { kind: "refused", problems };
    }
    const { bundle } = loaded;
    const before = this.held?.bundle;
    if (before?.digest === bundle.digest) return { kind: "same" };
    const candidate = createDecider(this.ports);
    candidate.swap(this.domain, bundle.set);
    const calls = gate.rejudge(candidate);
    const reference = await this.put(bundle, "the folder of the policies changed");
    return { kind: "changed", rules: rulesChanged(before?.policies ?? [], bundle.policies), calls, reference };
  }
}

/** Problems that an entry lists. */
const PROBLEMS_MAX = 32;

/** A folder that does not load changes nothing, and is told of (D23). */
function rejectedEntry(problems: readonly Problem[]): AdminDraft {
  const listed = problems.slice(0, PROBLEMS_MAX).map(({ code, file, line }) => `${code} ${file}:${line}`);
  const data = jsonObject([["problems", listed]]);
  const because = "the folder of the policies does not load: the rules before it stay in force";
  return { type: "admin", name: "policy.rejected", by: "system", because, data };
}

function rulesChanged(before: Bundle["policies"], after: Bundle["policies"]): readonly RuleChange[] {
  const olds = new Map(before.map((rule) => [rule.id, rule]));
  const news = new Map(after.map((rule) => [rule.id, rule]));
  const gone = before.filter(({ id }) => !news.has(id)).map(({ id, file }) => ({ id, file, how: "gone" }) as const);
  const other = after
    .filter(({ id, digest }) => olds.get(id)?.digest !== digest)
    .map(({ id, file }) => ({ id, file, how: olds.has(id) ? ("changed" as const) : ("new" as const) }));
  return [...gone, ...other];
}
