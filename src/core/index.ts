// SPDX-License-Identifier: Apache-2.0
// The shared words and ports. No I/O, no clock, no chance.

export type {
  ApprovalCall,
  ApproverRule,
  BoundAssertion,
  Challenge,
  Evidence,
} from "./approval.ts";
export { CHALLENGE_KINDS } from "./approval.ts";
export type { GrantCall, GrantDimension, GrantVerdict } from "./attenuation.ts";
export { covers, implies } from "./attenuation.ts";
export { bindsOf } from "./binds.ts";
export { canonicalText, sortedNames } from "./canonical.ts";
export { canonicalize, digestOf } from "./canonical-bytes.ts";
export type { Constraint } from "./constraint.ts";
export type { ContextMember, ContextType } from "./context.ts";
export { CONTEXT } from "./context.ts";
export type {
  Answer,
  Asked,
  Decision,
  EntityJson,
  EvalError,
  Mode,
  Obligation,
  PolicyHit,
  Problem,
  Question,
  ReasonCode,
  ShadowHit,
  Slice,
  SlicePart,
} from "./decision.ts";
export { ANSWERS, CAPTURE_LEVELS, MODES, REASON_CODES, REDACT_STYLES, strictest } from "./decision.ts";
export type { CheckState, Coverage, Detection, EvidenceKind, Layer, Mac } from "./detection.ts";
export type {
  AdminDraft,
  AdminName,
  ChosenBy,
  DecisionDraft,
  EntryClaimed,
  EntryContent,
  EntryDecoy,
  EntryDraft,
  EntryHeader,
  EntryLabel,
  EntryOutcome,
  EntryRelease,
  EntryType,
  EntryUse,
  EntryWho,
  EntryWhy,
  EventDraft,
  EventName,
  GapDraft,
  OutcomeDraft,
} from "./entry/entry.ts";
export { ADMIN_NAMES, EVENT_NAMES } from "./entry/entry.ts";
export type { CoreErrorCode } from "./errors.ts";
export { BailiwickError, CoreError, quote } from "./errors.ts";
export type { ControlDraft, ControlEntry, Effect, ScopeKey, ScopeKind } from "./feed.ts";
export { FEED_EFFECTS, FEED_START, feedHead, ownScopes, SCOPE_KINDS, stricterEffect } from "./feed.ts";
export type { DetectorId, Finding, FindingDraft, Reason, Severity } from "./finding.ts";
export { DETECTORS, SEVERITIES } from "./finding.ts";
export { parseStepGrant } from "./grant-json.ts";
export type {
  BlueprintRef,
  Identity,
  IdentityKind,
  IdentityStatus,
  PersonRole,
  Refusal,
  RefusalCode,
  Standing,
} from "./identity.ts";
export { IDENTITY_KINDS, IDENTITY_STATUSES, PERSON_ROLES } from "./identity.ts";
export type {
  ApprovalId,
  Brand,
  Bytes,
  Commitment,
  DecoyId,
  Digest,
  DomainId,
  EntryId,
  EntryIndex,
  EntryRef,
  ErasureDomainId,
  ErasureId,
  FindingId,
  IdentityId,
  IncidentId,
  InstanceId,
  MandateId,
  OrderId,
  PointId,
  Ref,
  Reference,
  ServerId,
  StepId,
  TaskId,
  TenantId,
} from "./ids.ts";
export {
  formatEntryRef,
  identityOf,
  parseApprovalId,
  parseCommitment,
  parseDecoyId,
  parseDigest,
  parseDomainId,
  parseEntryId,
  parseEntryIndex,
  parseErasureDomainId,
  parseErasureId,
  parseFindingId,
  parseHoldId,
  parseIdentityId,
  parseIncidentId,
  parseInstanceId,
  parseMandateId,
  parseOrderId,
  parsePointId,
  parseReference,
  parseServerId,
  parseStepId,
  parseTaskId,
  parseTenantId,
  referenceOf,
} from "./ids.ts";
export type { Count, IncidentFacts, IncidentReader, IncidentTime, ToldTime } from "./incident.ts";
export { INCIDENT_TIMES, incidentName } from "./incident.ts";
export type { Destination, Facet, Interaction, Via } from "./interaction.ts";
export type { Json, JsonLimits, JsonObject } from "./json.ts";
export { decodeUtf8, isJsonArray, isJsonObject, jsonObject, member, parseJson, RawNumber, writeJson } from "./json.ts";
export type { Category, HoldId, Jurisdiction, Label, Level, OriginRef, Purpose, Tlp } from "./label.ts";
export {
  formatOrigin,
  JURISDICTION,
  join,
  LEVELS,
  levelRank,
  NEUTRAL_LABEL,
  parseCategory,
  parseJurisdiction,
  TLPS,
  tlpRank,
} from "./label.ts";
export {
  BODY_MAX_BYTES,
  CONTEXT_MAX_BYTES,
  CONTEXT_MAX_DEPTH,
  ENTRY_MAX_BYTES,
  ENTRY_STRING_MAX_BYTES,
  IDENTITY_ID_MAX_BYTES,
  JWT_MAX_BYTES,
  LABEL_MAX_ORIGINS,
  PAGE_MAX_ROWS,
  TRACES_MAX,
} from "./limits.ts";
export { isWithin, locationBelow, normalizeLocation } from "./location.ts";
export type { Budget, Mandate, MandateState, StepGrant } from "./mandate.ts";
export { argsS256, MANDATE_STATES, mandateS256, stepGrantJson } from "./mandate.ts";
export type { Reach, Role, ToolArgument, ToolManifest } from "./manifest.ts";
export { ROLES } from "./manifest.ts";
export type { Flight, FlightFacts, InFlight, Points } from "./ports/contain.ts";
export type { Decider, Modes } from "./ports/decide.ts";
export type { ControlFeed, FeedView, IdentityView, ProofInput, Prover } from "./ports/identify.ts";
export type { Flow, FlowDestinations, TransferGate, TransferVerdict } from "./ports/prove.ts";
export type {
  EntrySource,
  HoldScope,
  Holds,
  Receipt,
  RecordedEntry,
  Recorder,
  SealKey,
  Seals,
  Slices,
  TaskOwner,
} from "./ports/record.ts";
export type {
  ApprovalDesk,
  AskedArgument,
  DeskItem,
  DeskRefusal,
  DeskState,
  DeskView,
  EvidenceQuery,
  Once,
  OnceScope,
} from "./ports/respond.ts";
export { DESK_STATES } from "./ports/respond.ts";
export type { AnyDb, Custody, KeyAlgorithm, Migration, RoomSchema, Store } from "./ports/store.ts";
export type { Clock, Log, Outbound, OutboundAnswer, OutboundRequest, Random, Timers } from "./ports/system.ts";
export type {
  Beside,
  DecoyFound,
  DecoyKind,
  Decoys,
  EntryWatch,
  FindingSink,
  Findings,
  PinnedTool,
  PinShelf,
  ToolDefinition,
  ToolDrift,
  ToolPins,
} from "./ports/watch.ts";
export { BESIDE, DECOY_KINDS, shelfOf } from "./ports/watch.ts";
export type { Instant } from "./time.ts";
export { formatInstant, instant, parseInstant } from "./time.ts";
export type { Occurrence, Trace, TraceAsk } from "./trace.ts";
export type { Trust } from "./trust.ts";
export { lowestTrust, TRUSTS, trustRank } from "./trust.ts";
export type { Impact, Verb } from "./verb.ts";
export { isEffect, isVerb, VERBS } from "./verb.ts";
