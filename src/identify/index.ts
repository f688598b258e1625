// SPDX-License-Identifier: Apache-2.0
// Who is asking, and what may they ask right now: the registry, tokens bound to keys, proofs, and people's sessions.
export type { IdentifyConfig, IdentifySettings, ProtectedResource } from "./config.ts";
export { identifySection } from "./config.ts";
export type { Pairing } from "./enrol/pairings.ts";
export type { Enrolment } from "./enrol/surface.ts";
export type { Ticket } from "./enrol/tickets.ts";
export type { IdentifyErrorCode } from "./errors.ts";
export type { HttpAnswer, HttpRequest } from "./http.ts";
export type { LiveCredentials } from "./live-tokens.ts";
export type { Step } from "./mandate/mandate-rows.ts";
export type { MandateInput } from "./mandate/mandates.ts";
export type { StepOutcome } from "./mandate/steps.ts";
export type { Mandates } from "./mandate/surface.ts";
export type { Document } from "./metadata.ts";
export type { Identify, IdentifyPorts } from "./open.ts";
export { openIdentify } from "./open.ts";
export type { BoundTerms } from "./people/bound.ts";
export type { LinkTerms } from "./people/links.ts";
export type { Right, Rights } from "./people/rights.ts";
export { readRights } from "./people/rights.ts";
export type { Browser, Session } from "./people/sessions.ts";
export type { Entered, MadeLink, NoEntry, People, Person, Sign } from "./people/surface.ts";
export type { InstanceInput, Registry } from "./registry.ts";
export type { Act, AgentInput, HumanInput, Outcome, RegistryNo } from "./registry-rules.ts";
export type { Instance } from "./rows.ts";
export { IDENTIFY_SCHEMA } from "./schema.ts";
