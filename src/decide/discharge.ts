// SPDX-License-Identifier: Apache-2.0
// What the one who asks brings along to discharge soft forbids: obligations it can carry out, and evidence that people
// answered a challenge. Evidence is for one exact question; for any other it is as if it were not there (D32, D39).
import {
  type ApprovalId,
  bindsOf,
  type Challenge,
  canonicalText,
  type Evidence,
  member,
  type PolicyHit,
  type Question,
  type Ref,
} from "../core/index.ts";

export interface Means {
  /** Types of obligations that the enforcement point declared. */
  readonly obligations: ReadonlySet<string>;
  /** The evidence that discharges this policy's challenge, if any. */
  evidenceFor(policy: PolicyHit, challenge: Challenge): ApprovalId | undefined;
}

const NONE: ReadonlySet<string> = new Set();

/** What this question brings for one of its resources. */
export function meansOf(question: Question, resource: Ref): Means {
  const { evidence = [], pep } = question;
  return {
    obligations: pep.obligations ?? NONE,
    evidenceFor: (policy, challenge) =>
      evidence.find(
        (one) => isFor(one, policy, challenge) && isAbout(one, question, resource) && isBound(one, question, challenge),
      )?.id,
  };
}

/** The digest of a policy covers its id and its remedy: who changes either asks anew. */
function isFor({ policy, kind }: Evidence, { digest }: PolicyHit, challenge: Challenge): boolean {
  return policy === digest && kind === challenge.kind;
}

function isAbout(evidence: Evidence, question: Question, resource: Ref): boolean {
  return (
    evidence.principal === question.principal.id &&
    evidence.action === question.action &&
    evidence.resource.type === resource.type &&
    evidence.resource.id === resource.id &&
    evidence.argsDigest === question.argsDigest &&
    evidence.expires > question.at
  );
}

/** The mandate, and what else the remedy names, are as they were when people were asked. */
function isBound({ mandate, binds }: Evidence, { context }: Question, challenge: Challenge): boolean {
  if (member(member(context, "mandate"), "id") !== (mandate ?? "")) return false;
  return canonicalText(bindsOf(challenge.binds, context)) === canonicalText(binds);
}
