// SPDX-License-Identifier: Apache-2.0
// The decider: from memory, synchronous, never throws. One reference per domain says which set decides; replacing it is a
// hot reload, and no decision sees two sets (D23). Without a set everything is denied: there is no default permit.
import type {
  Clock,
  Decider,
  Decision,
  DomainId,
  Instant,
  Log,
  Question,
  Ref,
  Seals,
  Slice,
  SlicePart,
} from "../core/index.ts";
import { answerOf, deny, type Outcome } from "./answer.ts";
import type { Schema } from "./cedar/schema.ts";
import { meansOf } from "./discharge.ts";
import { explain, type PolicyMet } from "./explain/explain.ts";
import { Made } from "./made.ts";
import { observed } from "./observe.ts";
import type { PolicySet } from "./policy-set.ts";
import type { Asker } from "./published/scope.ts";
import { type ShadowCount, Shadows } from "./published/shadow.ts";
import { Stage, type Staged } from "./published/stage.ts";
import { evaluateFor, prepare, type Refused } from "./question.ts";
import { NO_SEALS } from "./slice/sealer.ts";
import { SliceWriter } from "./slice/write.ts";

export interface DecidePorts {
  readonly clock: Clock;
  readonly log: Log;
  /** What hides texts in slices; where nobody keeps any, nothing has to be found again. */
  readonly seals?: Seals;
  /** Whoever a question is about, for the scopes of releases; nothing is known of them where it is left out. */
  readonly askerOf?: (question: Question) => Asker;
}

/** For whoever loads bundles. */
export interface PolicyControl {
  /**
   * Puts a set under all releases of a domain, from the next decision on; `null` takes it away, and everything that no
   * release is for is denied.
   */
  swap(domain: DomainId, set: PolicySet | null): void;
  /** Puts these releases, and no others, over the set of a domain: all of them at once, from the next decision on. */
  stage(domain: DomainId, staged: readonly Staged[]): void;
  /** What binds whom now. */
  staged(domain: DomainId): Stage;
  shadowCount(release: string): ShadowCount;
  /** Told of every answer and of the release behind it; undefined for none. The returned function ends it. */
  onAnswer(told: (release: string | undefined, decision: Decision) => void): () => void;
  /** What the set in force of a domain speaks of. */
  schema(domain: DomainId): Schema | undefined;
  /** The rules that made one decision, clause by clause with what each read; none where no rule was asked. */
  clauses(decision: Decision): readonly PolicyMet[];
}

const NONE: readonly never[] = [];
const BARE: Stage = new Stage(undefined, []);

export function createDecider({
  clock,
  log,
  seals = NO_SEALS,
  askerOf = strange,
}: DecidePorts): Decider & PolicyControl {
  const stages = new Map<DomainId, Stage>();
  const answeredBy = new WeakMap<Question, PolicySet>();
  const slices = new SliceWriter(seals);
  const shadows = new Shadows({ clock, log });
  const listeners = new Set<(release: string | undefined, decision: Decision) => void>();

  function decideMany(question: Question, resources: readonly Ref[]): readonly Decision[] {
    try {
      // one value, taken once: whatever is published meanwhile is for the next question
      const stage = stages.get(question.domain) ?? BARE;
      if (stage.isBare) return answered(question, resources, { set: stage.base?.set });
      const asker = askerOf(question);
      const { set, release } = stage.binding(asker, question.at) ?? {};
      const observes = release?.mode === "observe" ? "observe" : "enforce";
      const asked = { ...question, mode: question.mode ?? observes };
      const shaded = stage.shadowsFor(asker, question.at);
      return answered(asked, resources, { set, release: release?.id, shaded });
    } catch (cause) {
      log.fault("DECIDE_INTERNAL", { message: cause instanceof Error ? cause.message : "no error object" });
      return resources.map(() => broken(clock.now()));
    }
  }

  function answered(question: Question, resources: readonly Ref[], { set, release, shaded = NONE }: By): Decision[] {
    const outcomeFor = set === undefined ? unavailable : judge(set, question, resources.length, log);
    if (set !== undefined) answeredBy.set(question, set);
    const { mode = "enforce" } = question;
    return resources.map((resource) => {
      const outcome = outcomeFor(resource);
      const decision = new Made({ question, resource }, mode === "observe" ? observed(outcome) : outcome, {
        setDigest: set?.digest ?? null,
        release,
        shadow: shaded.length === 0 ? NONE : shadows.judge(shaded, question, resource, outcome.answer),
      });
      for (const told of listeners) told(release, decision);
      return decision;
    });
  }

  return {
    slice: (parts) => sliced(slices, parts, { log, setOf: (question) => answeredBy.get(question) }),
    decide: (question) => decideMany(question, [question.resource])[0] ?? broken(clock.now()),
    decideMany,
    clauses(decision) {
      const { asked } = decision;
      const set = asked === undefined ? undefined : answeredBy.get(asked.question);
      if (asked === undefined || set === undefined) return NONE;
      return explain(set, { ...asked.question, resource: asked.resource }, () => decision).policies;
    },
    ...controlOf(stages, clock),
    shadowCount: (release) => shadows.count(release),
    onAnswer(told) {
      listeners.add(told);
      return () => void listeners.delete(told);
    },
  };
}

interface SliceFrom {
  readonly log: Log;
  readonly setOf: (question: Question) => PolicySet | undefined;
}

/** What was decided stands where its slice cannot be written; that it cannot be decided again is for somebody to see. */
function sliced(writer: SliceWriter, parts: readonly SlicePart[], { log, setOf }: SliceFrom): Slice {
  try {
    return writer.write(parts, setOf);
  } catch (cause) {
    log.fault("DECIDE_SLICE", { message: cause instanceof Error ? cause.message : "no error object" });
    return writer.write([], setOf);
  }
}

/** What one set says of each resource. */
function judge(set: PolicySet, question: Question, resources: number, log: Log): (of: Ref) => Outcome {
  const ready = prepare(set, question, resources);
  if ("reason" in ready) {
    const refused = refuse(ready, log);
    return () => refused;
  }
  return (resource) => {
    const evaluation = evaluateFor(set, ready, resource);
    if ("reason" in evaluation) return refuse(evaluation, log);
    return answerOf(evaluation, set.rules, meansOf(question, resource));
  };
}

/** The gate makes the questions: one that the schema refuses is a fault of ours, and somebody must see it. */
function refuse({ reason, fault }: Refused, log: Log): Outcome {
  if (fault !== undefined) log.fault("DECIDE_INPUT", { reason, code: fault.code, path: fault.path });
  return deny(reason);
}

type Control = Pick<Decider & PolicyControl, "current" | "schema" | "swap" | "stage" | "staged">;

/** Each change puts one new value in the place of another. */
function controlOf(stages: Map<DomainId, Stage>, clock: Clock): Control {
  return {
    current(domain) {
      const general = stages.get(domain)?.general(clock.now());
      if (general?.set === undefined) return null;
      const { set, since } = general;
      return { digest: set.digest, policies: set.rules.length, since };
    },
    schema: (domain) => stages.get(domain)?.general(clock.now())?.set?.engine.schema,
    swap(domain, set) {
      // a set of nothing is no set: an empty folder must not look like a decision
      const base = set === null || set.rules.length === 0 ? undefined : { set, since: clock.now() };
      stages.set(domain, new Stage(base, stages.get(domain)?.staged ?? []));
    },
    stage(domain, staged) {
      stages.set(domain, new Stage(stages.get(domain)?.base, staged));
    },
    staged: (domain) => stages.get(domain) ?? BARE,
  };
}

/** What answers a question. */
interface By {
  readonly set: PolicySet | undefined;
  readonly release?: string | undefined;
  readonly shaded?: readonly Staged[];
}

/** Nobody says who it is: only a release for everybody is for it. */
function strange({ principal }: Question): Asker {
  return { id: principal.id, isSponsoredBy: () => false };
}

function unavailable(): Outcome {
  return deny("policy_unavailable");
}

function broken(at: Instant): Decision {
  return { at, mode: "enforce", ...unavailable(), setDigest: null };
}
