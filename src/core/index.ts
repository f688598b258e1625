// SPDX-License-Identifier: Apache-2.0
// The shared words and ports. No I/O, no clock, no chance.

export { canonicalize, canonicalText, digestOf } from "./canonical.ts";
export type { CedarType, ContextMember } from "./context.ts";
export { CONTEXT } from "./context.ts";
export type {
  Answer,
  Decision,
  EntityJson,
  EvalError,
  PolicyHit,
  Problem,
  Question,
  ReasonCode,
} from "./decision.ts";
export { ANSWERS, REASON_CODES, strictest } from "./decision.ts";
export type {
  AdminDraft,
  AdminName,
  DecisionDraft,
  EntryDraft,
  EntryHeader,
  EntryOutcome,
  EntryType,
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
export type {
  BlueprintRef,
  Identity,
  IdentityKind,
  IdentityStatus,
  Refusal,
  RefusalCode,
  Standing,
} from "./identity.ts";
export { IDENTITY_KINDS, IDENTITY_STATUSES } from "./identity.ts";
export type {
  Brand,
  Bytes,
  Commitment,
  Digest,
  DomainId,
  EntryId,
  EntryIndex,
  EntryRef,
  IdentityId,
  InstanceId,
  PointId,
  Ref,
  Reference,
  ServerId,
  TenantId,
} from "./ids.ts";
export {
  formatEntryRef,
  identityOf,
  parseCommitment,
  parseDigest,
  parseDomainId,
  parseEntryId,
  parseEntryIndex,
  parseIdentityId,
  parseInstanceId,
  parsePointId,
  parseReference,
  parseServerId,
  parseTenantId,
  referenceOf,
} from "./ids.ts";
export type { Destination, Facet, Interaction, Via } from "./interaction.ts";
export type { Json, JsonLimits, JsonObject } from "./json.ts";
export { decodeUtf8, isJsonArray, isJsonObject, jsonObject, member, parseJson, RawNumber, writeJson } from "./json.ts";
export type { Level } from "./label.ts";
export { JURISDICTION, LEVELS, levelRank } from "./label.ts";
export {
  BODY_MAX_BYTES,
  CONTEXT_MAX_BYTES,
  CONTEXT_MAX_DEPTH,
  ENTRY_MAX_BYTES,
  ENTRY_STRING_MAX_BYTES,
  JWT_MAX_BYTES,
  PAGE_MAX_ROWS,
} from "./limits.ts";
export type { Reach, Role, ToolArgument, ToolManifest } from "./manifest.ts";
export { ROLES } from "./manifest.ts";
export type { Decider } from "./ports/decide.ts";
export type { IdentityView, ProofInput, Prover } from "./ports/identify.ts";
export type { EntrySource, Receipt, RecordedEntry, Recorder } from "./ports/record.ts";
export type { AnyDb, Custody, KeyAlgorithm, Migration, RoomSchema, Store } from "./ports/store.ts";
export type { Clock, Log, Random, Timers } from "./ports/system.ts";
export type { Instant } from "./time.ts";
export { formatInstant, instant, parseInstant } from "./time.ts";
export type { Impact, Verb } from "./verb.ts";
export { isEffect, isVerb, VERBS } from "./verb.ts";
