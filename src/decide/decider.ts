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
import { Made } from "./made.ts";
import { observed } from "./observe.ts";
import type { PolicySet } from "./policy-set.ts";
import { evaluateFor, prepare, type Refused } from "./question.ts";
import { NO_SEALS } from "./slice/sealer.ts";
import { SliceWriter } from "./slice/write.ts";

export interface DecidePorts {
  readonly clock: Clock;
  readonly log: Log;
  /** What hides texts in slices; where nobody keeps any, nothing has to be found again. */
  readonly seals?: Seals;
}

/** For whoever loads bundles. */
export interface PolicyControl {
  /** Puts a set in force for a domain from the next decision on; `null` takes it away, and everything is denied. */
  swap(domain: DomainId, set: PolicySet | null): void;
  /** What the set in force of a domain speaks of. */
  schema(domain: DomainId): Schema | undefined;
}

export function createDecider({ clock, log, seals = NO_SEALS }: DecidePorts): Decider & PolicyControl {
  const inForce = new Map<DomainId, { readonly set: PolicySet; readonly since: Instant }>();
  const answeredBy = new WeakMap<Question, PolicySet>();
  const slices = new SliceWriter(seals);

  function decideMany(question: Question, resources: readonly Ref[]): readonly Decision[] {
    try {
      const set = inForce.get(question.domain)?.set;
      const outcomeFor = set === undefined ? unavailable : judge(set, question, resources.length);
      if (set !== undefined) answeredBy.set(question, set);
      const { mode = "enforce" } = question;
      return resources.map((resource) => {
        const outcome = outcomeFor(resource);
        return new Made({ question, resource }, mode === "observe" ? observed(outcome) : outcome, set?.digest ?? null);
      });
    } catch (cause) {
      log.fault("DECIDE_INTERNAL", { message: cause instanceof Error ? cause.message : "no error object" });
      return resources.map(() => broken(clock.now()));
    }
  }

  /** What one set says of each resource. */
  function judge(set: PolicySet, question: Question, resources: number): (of: Ref) => Outcome {
    const ready = prepare(set, question, resources);
    if ("reason" in ready) {
      const refused = refuse(ready);
      return () => refused;
    }
    return (resource) => {
      const evaluation = evaluateFor(set, ready, resource);
      return "reason" in evaluation ? refuse(evaluation) : answerOf(evaluation, set.rules, meansOf(question, resource));
    };
  }

  /** The gate makes the questions: one that the schema refuses is a fault of ours, and somebody must see it. */
  function refuse({ reason, fault }: Refused): Outcome {
    if (fault !== undefined) log.fault("DECIDE_INPUT", { reason, code: fault.code, path: fault.path });
    return deny(reason);
  }

  return {
    slice: (parts) => sliced(slices, parts, { log, setOf: (question) => answeredBy.get(question) }),
    decide: (question) => decideMany(question, [question.resource])[0] ?? broken(clock.now()),
    decideMany,
    current(domain) {
      const held = inForce.get(domain);
      return held === undefined
        ? null
        : { digest: held.set.digest, policies: held.set.rules.length, since: held.since };
    },
    schema: (domain) => inForce.get(domain)?.set.engine.schema,
    swap(domain, set) {
      // a set of nothing is no set: an empty folder must not look like a decision
      if (set === null || set.rules.length === 0) inForce.delete(domain);
      else inForce.set(domain, { set, since: clock.now() });
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

function unavailable(): Outcome {
  return deny("policy_unavailable");
}

function broken(at: Instant): Decision {
  return { at, mode: "enforce", ...unavailable(), setDigest: null };
}
