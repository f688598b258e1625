// SPDX-License-Identifier: Apache-2.0
// What do we do about it: ask a person, or stop it. Approvals are bound to the exact call, signed, and used once; orders bind
// at once, and other people end them.

export type { Answered, AnswerRefusal, Approvals } from "./approvals/approvals.ts";
export type { Signers } from "./approvals/assertion.ts";
export { signedYesTerms } from "./approvals/assertion.ts";
export type { DemoKey } from "./approvals/demo-key.ts";
export { createDemoKey } from "./approvals/demo-key.ts";
export type { DeskPeople } from "./approvals/duties.ts";
export type { Blast, Touched } from "./blast/blast.ts";
export { blastOf } from "./blast/blast.ts";
export type { RespondConfig, RespondSettings } from "./config.ts";
export { respondSection } from "./config.ts";
export type { Order, OrderEffect, OrderRequest, PointAck } from "./containment/order.ts";
export type { Proposal, ResponseRules } from "./containment/rules.ts";
export { readResponseRules } from "./containment/rules.ts";
export type {
  Condition,
  ContainedIdentities,
  Containments,
  Ordered,
  Released,
  ReleaseRequest,
} from "./containment/surface.ts";
export type { RespondErrorCode } from "./errors.ts";
export type { IncidentChange, Incidents } from "./incidents/incidents.ts";
export type { Respond, RespondPorts } from "./open.ts";
export { openRespond } from "./open.ts";
export { RESPOND_SCHEMA } from "./schema.ts";
