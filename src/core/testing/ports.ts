// SPDX-License-Identifier: Apache-2.0
// Ports in memory, for the tests of the rooms that call them.
import {
  type Decider,
  type Decision,
  digestOf,
  type EntryDraft,
  type Identity,
  type IdentityView,
  instant,
  parseCommitment,
  parseEntryId,
  parseEntryIndex,
  parseIdentityId,
  parseInstanceId,
  parseTenantId,
  type Question,
  type Recorder,
  type Ref,
  type Standing,
} from "../index.ts";

/** A recorder that keeps what it is given. `fail` makes the next appends reject; `full` makes it say that it has no room. */
export interface FakeRecorder extends Recorder {
  readonly appended: EntryDraft[];
  readonly noted: EntryDraft[];
  fail: ((draft: EntryDraft) => boolean) | undefined;
  full: boolean;
}

export function fakeRecorder(): FakeRecorder {
  const appended: EntryDraft[] = [];
  const noted: EntryDraft[] = [];
  const recorder: FakeRecorder = {
    appended,
    noted,
    fail: undefined,
    full: false,
    append(draft, options) {
      if (recorder.fail?.(draft) === true) return Promise.reject(new Error("the disk is gone"));
      appended.push(draft);
      const index = parseEntryIndex(appended.length - 1);
      const id = options?.id ?? parseEntryId("0190b5a2-0000-7000-8000-000000000000");
      return Promise.resolve({ ref: { log: "test/log", index, leaf: "A".repeat(43) }, id, at: instant(0) });
    },
    note: (draft) => void noted.push(draft),
    room: () => (recorder.full ? { entries: 0, bytes: 0 } : { entries: 100, bytes: 1_000_000 }),
    commit: (scope, field, content) =>
      parseCommitment(
        `c1:${Buffer.from(digestOf(`${scope}|${field}|${Buffer.from(content).toString("base64")}`))
          .toString("base64url")
          .slice(0, 43)}`,
      ),
  };
  return recorder;
}

/** A decision as a policy of this name would make it. */
export function fakeDecision(answer: "allow" | "log" | "deny", policy = `says-${answer}`): Decision {
  const digest = digestOf(policy);
  const hit = {
    id: policy,
    effect: answer === "allow" ? "permit" : "forbid",
    file: "rules.cedar",
    line: 1,
    digest,
  } as const;
  const tier = answer === "allow" ? "permit" : answer;
  return {
    at: instant(0),
    answer,
    mode: "enforce",
    reason: answer === "allow" ? "permitted" : answer === "log" ? "logged" : "forbidden",
    policies: [{ ...hit, tier }],
    errors: [],
    setDigest: digestOf("set"),
    inputDigest: digestOf("input"),
  };
}

/** A decider that answers by a function of action and resource, and keeps the questions. */
export function fakeDecider(
  answer: (action: string, resource: Ref, question: Question) => "allow" | "log" | "deny",
): Decider & { readonly questions: Question[] } {
  const questions: Question[] = [];
  const decide = (question: Question): Decision => {
    questions.push(question);
    return fakeDecision(answer(question.action, question.resource, question));
  };
  return {
    questions,
    decide,
    decideMany: (question, resources) => resources.map((resource) => decide({ ...question, resource })),
    current: () => null,
  };
}

const IDENTITY = parseIdentityId("spiffe://test/agent/reader");

/** An active agent that proved itself. */
export function fakeStanding(change: Partial<Standing> = {}): Standing {
  return {
    identity: IDENTITY,
    instance: parseInstanceId("spiffe://test/agent/reader/1"),
    kind: "agent",
    tenant: parseTenantId("main"),
    status: "active",
    sponsor: parseIdentityId("spiffe://test/human/AAAAAAAAAAAAAAAAAAAAAA"),
    blueprint: { id: "reader", version: 1 },
    purpose: "test",
    environment: "test",
    jurisdiction: "FR",
    synthetic: false,
    expires: instant(2_000_000_000_000),
    auth: { pop: "software", ageMs: 0 },
    assurance: 2,
    token: { jti: "t-1", jkt: "k-1", exp: instant(2_000_000_000_000) },
    ...change,
  };
}

/** Knows one identity, with the status that `status` says now. */
export function fakeIdentityView(status: () => Identity["status"] = () => "active"): IdentityView {
  const { tenant, purpose, environment, jurisdiction, synthetic, expires, kind } = fakeStanding();
  return {
    get: (id) =>
      id === IDENTITY
        ? { id, kind, tenant, status: status(), purpose, environment, jurisdiction, expires, synthetic, v: 1 }
        : undefined,
  };
}
