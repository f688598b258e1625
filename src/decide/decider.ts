// SPDX-License-Identifier: Apache-2.0
// The decider: from memory, synchronous, never throws. One reference per domain says which set decides; replacing it is a
// hot reload, and no decision sees two sets (D23). Without a set everything is denied: there is no default permit.
import {
  type Clock,
  type Decider,
  type Decision,
  type Digest,
  type DomainId,
  digestOf,
  type Instant,
  type Log,
  type Question,
  type Ref,
} from "../core/index.ts";
import { answerOf, deny, type Outcome } from "./answer.ts";
import type { Schema } from "./cedar/schema.ts";
import { meansOf } from "./discharge.ts";
import { askedDigests } from "./input-digest.ts";
import { Made } from "./made.ts";
import { observed } from "./observe.ts";
import type { PolicySet } from "./policy-set.ts";
import { evaluateFor, prepare, type Refused } from "./question.ts";

export interface DecidePorts {
  readonly clock: Clock;
  readonly log: Log;
}

/** For whoever loads bundles. */
export interface PolicyControl {
  /** Puts a set in force for a domain from the next decision on; `null` takes it away, and everything is denied. */
  swap(domain: DomainId, set: PolicySet | null): void;
  /** What the set in force of a domain speaks of. */
  schema(domain: DomainId): Schema | undefined;
}

/** Stands where the question itself could not be read. */
const UNREADABLE: Digest = digestOf("a question that cannot be read");

export function createDecider({ clock, log }: DecidePorts): Decider & PolicyControl {
  const inForce = new Map<DomainId, { readonly set: PolicySet; readonly since: Instant }>();

  function decideMany(question: Question, resources: readonly Ref[]): readonly Decision[] {
    try {
      const set = inForce.get(question.domain)?.set;
      const outcomeFor = set === undefined ? unavailable : judge(set, question, resources.length);
      const digestFor = askedDigests(question);
      const { mode = "enforce" } = question;
      return resources.map((resource) => {
        const outcome = outcomeFor(resource);
        return new Made(question, mode === "observe" ? observed(outcome) : outcome, {
          setDigest: set?.digest ?? null,
          digest: () => digestFor(resource),
        });
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

function unavailable(): Outcome {
  return deny("policy_unavailable");
}

function broken(at: Instant): Decision {
  return { at, mode: "enforce", ...unavailable(), setDigest: null, inputDigest: UNREADABLE };
}
