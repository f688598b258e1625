// SPDX-License-Identifier: Apache-2.0
// Access evaluation, one and many (AuthZEN 1.0 sections 6 and 7). The same question gives the same bytes: no time and no
// identifier of the call stands in a body (D58).
import { type Decision, type Json, type JsonObject, jsonObject } from "../../core/index.ts";
import { obligationsJson } from "./duties.ts";
import type { AuthzenPorts, Decided, Peer } from "./ports.ts";
import { type Field, pose } from "./pose.ts";
import { type Batch, Malformed, readAsked } from "./read.ts";

/** What one item answers, and what was decided for it; nothing where there was no question. */
export interface Evaluated {
  readonly body: JsonObject;
  readonly isPermitted: boolean;
  readonly decided?: Decided;
}

export type Judges = Pick<AuthzenPorts, "decider">;

/** One question; what is missing in it is the caller's to mend. */
export function evaluateOne(ports: Judges, field: Field, peer: Peer, json: JsonObject): Evaluated | Malformed {
  const asked = readAsked(json);
  if (asked instanceof Malformed) return asked;
  const posed = pose(field, peer, asked);
  if (posed === "too_many") return refusedItem("the question reaches more entities than one may hold");
  const { question, ignored } = posed;
  const decision = ports.decider.decide(question);
  const isPermitted = permits(decision);
  const decided = { question, decision, ignored };
  return { body: bodyOf(ports, decided, peer), isPermitted, decided };
}

/** Items in order, up to the one that settles it (section 7.1.2); an item that is no question answers so in its place. */
export function evaluateAll(ports: Judges, field: Field, peer: Peer, { items, semantic }: Batch): readonly Evaluated[] {
  const done: Evaluated[] = [];
  for (const item of items) {
    const one = evaluateOne(ports, field, peer, item);
    const evaluated = one instanceof Malformed ? refusedItem(one.why) : one;
    done.push(evaluated);
    if (semantic === "deny_on_first_deny" && !evaluated.isPermitted) break;
    if (semantic === "permit_on_first_permit" && evaluated.isPermitted) break;
  }
  return done;
}

/** `limit` comes out of the decider only where the peer declared every duty (D64); a challenge lets nothing through. */
export function permits({ answer }: Decision): boolean {
  return answer === "allow" || answer === "log" || answer === "limit";
}

function refusedItem(message: string): Evaluated {
  const error = jsonObject([
    ["status", 400],
    ["message", message],
  ]);
  const body = jsonObject([
    ["decision", false],
    ["context", jsonObject([["error", error]])],
  ]);
  return { body, isPermitted: false };
}

function bodyOf(ports: Judges, decided: Decided, peer: Peer): JsonObject {
  return jsonObject([
    ["decision", permits(decided.decision)],
    ["context", contextOf(ports, decided, peer)],
  ]);
}

/** The agent gets a code; a policy's own sentence is for the person in front of it; who decided needs a right (D43, D64). */
function contextOf(ports: Judges, { question, decision }: Decided, peer: Peer): JsonObject {
  const { answer, reason, policies, obligations } = decision;
  const said = policies.flatMap((policy) => (policy.reason === undefined ? [] : [policy.reason]));
  const members: [string, Json][] = [
    ["answer", answer],
    ["reason", reason],
  ];
  if (said.length > 0) members.push(["reason_user", said.join(" ")]);
  if (obligations.length > 0) members.push(["obligations", obligationsJson(obligations, question)]);
  if (peer.mayExplain) members.push(["reason_admin", admin(ports, decision)]);
  return jsonObject(members);
}

function admin({ decider }: Judges, decision: Decision): JsonObject {
  const hits = decision.policies.map(({ id, effect, tier, file, line }) =>
    jsonObject(Object.entries({ id, effect, tier, file, line })),
  );
  const clauses = decider.clauses(decision).flatMap(({ id, clauses: met }) =>
    met.map(({ text, outcome, values }) => {
      const read = values.map((one) => jsonObject(Object.entries(one)));
      return jsonObject([
        ["policy", id],
        ["text", text],
        ["outcome", outcome],
        ["values", read],
      ]);
    }),
  );
  return jsonObject([
    ["policies", hits],
    ["set_digest", decision.setDigest],
    ["clauses", clauses],
  ]);
}
