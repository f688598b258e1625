// SPDX-License-Identifier: Apache-2.0
// Drafts as the gate writes them, for tests and benches only.
import {
  type AdminDraft,
  type DecisionDraft,
  type EntryRef,
  type EventDraft,
  type OutcomeDraft,
  parseCommitment,
  parseEntryId,
  parseIdentityId,
  parseInstanceId,
  parsePointId,
  parseServerId,
} from "../../core/index.ts";

/** A tool call that is let through: what most entries of a busy gate look like. */
export function intentDraft(seq = 1): DecisionDraft {
  return {
    type: "decision",
    shape: "intent",
    interaction: {
      id: parseEntryId("019a0000-0000-7000-8000-0123456789ab"),
      via: "mcp",
      point: parsePointId("gate-1/mcp"),
      seq,
      server: parseServerId("files"),
      method: "tools/call",
      name: "write_file",
    },
    who: {
      identity: parseIdentityId("spiffe://example.org/agent/clerk"),
      kind: "agent",
      status: "active",
      instance: parseInstanceId("spiffe://example.org/agent/clerk/1"),
      env: "test",
      token: { jti: "t-1", jkt: "x".repeat(43), pop: "software" },
      assurance: 2,
      synthetic: true,
    },
    verb: "execute",
    impact: "medium",
    resource: { type: "File", id: "files/reports/q3.md" },
    destination: { kind: "internal", listed: true },
    answer: "allow",
    mode: "enforce",
    digests: { args: parseCommitment(`c1:${"a".repeat(43)}`) },
  };
}

/** A view that was let through, decision and outcome in one. */
export function wholeDraft(seq = 1): DecisionDraft {
  const outcome = { result: "completed", bytesIn: 10, bytesOut: 20, ms: 3, objects: [] } as const;
  return { ...intentDraft(seq), shape: "whole", verb: "view", impact: "low", outcome };
}

/** A tool call that was refused. */
export function attemptDraft(seq = 1): DecisionDraft {
  return { ...intentDraft(seq), shape: "attempt", answer: "deny", refusal: "forbidden" };
}

export function outcomeDraft(of: EntryRef): OutcomeDraft {
  return { type: "outcome", of, result: "completed", bytesIn: 10, bytesOut: 20, ms: 3, objects: [] };
}

export function eventDraft(data: EventDraft["data"] = {}): EventDraft {
  return { type: "event", name: "session.opened", data };
}

export function adminDraft(because = "a test"): AdminDraft {
  return { type: "admin", name: "process.started", by: "system", because, data: {} };
}
