// SPDX-License-Identifier: Apache-2.0
// The typed client of a Bailiwick server's control API; runs in Node and in browsers.

export type {
  ApprovalList,
  ApprovalPage,
  ApprovalView,
  AskedArgument,
  DecidingPolicy,
  DecisionView,
  EntryPage,
  EntryRow,
  PolicyFault,
  PolicyStatus,
  RecordStatus,
  SeenApproval,
  Status,
  UpstreamStatus,
} from "./answers.ts";
export type { Client, ClientOptions, FollowOptions } from "./client.ts";
export { createClient } from "./client.ts";
export type {
  BlastView,
  ConditionView,
  FindingView,
  OrderView,
  OrderWish,
  PointView,
  TouchedView,
} from "./containment.ts";
export type {
  ApprovalUse,
  AskerView,
  ContentView,
  DecisionFacts,
  LabelView,
  MandateUse,
  OutcomeView,
  ProofView,
} from "./decision.ts";
export { shortIdentity, whatHappened, whoAsked, wordOf } from "./entry-words.ts";
export type { ProblemDocument, SdkErrorCode } from "./errors.ts";
export { SdkError } from "./errors.ts";
export type {
  IdentityList,
  IdentityView,
  InstanceView,
  LiveSession,
  LiveSessionList,
  MandateListing,
  MandateView,
} from "./identities.ts";
export type {
  CaseStatement,
  IncidentClock,
  IncidentClocks,
  IncidentQuestion,
  IncidentView,
  SharePreview,
} from "./incidents.ts";
export type {
  ErasureView,
  HoldView,
  HoldWish,
  KeepingClient,
  KeepTerms,
  OpeningsView,
  OpeningView,
} from "./keeping.ts";
export type { LiveEvent, LiveTopic } from "./live.ts";
export type { DifferenceView, ManifestsClient, ManifestView, PinView, ServerPinView } from "./manifests.ts";
export type {
  ContainmentView,
  DecisionLine,
  DecisionList,
  DecisionQuery,
  LinkView,
  MinuteList,
  MinuteView,
  SessionView,
} from "./now.ts";
export type { ObserveClient, ObserveGroup, ObserveReport, ReleaseView } from "./observe.ts";
export type { IdentityWish, MandateWish, PairingTermsView, PairingView, TicketView } from "./pairings.ts";
export type { Members } from "./parts.ts";
export type { PasskeyCreation, PasskeyRequest } from "./passkeys.ts";
export type { InviteWish, OneUseLink, OpenSession, PersonView } from "./people.ts";
export type {
  CheckedView,
  PoliciesClient,
  PolicyDiff,
  PolicyFile,
  PolicyProblem,
  PolicySeparating,
  ReleasesView,
  RolloutWish,
  SetPage,
  SetReleaseView,
  SetView,
} from "./policies.ts";
export type { ExportPart, ExportWish, RecordAnswer, RecordClient, RecordHit, RecordQuery } from "./record.ts";
export type { PartWhy, ReplayChange, ReplayCountView, ReplayPart, ReplayView, RuleWhy } from "./replay.ts";
export { readReplay } from "./replay.ts";
export type { Fetch } from "./request.ts";
export type { AddedView, ProbeView, ServersClient, ServerView, ServerWish } from "./servers.ts";
export type { BackupView, SystemClient } from "./system.ts";
export type { ForkView, WitnessClient, WitnessingView, WitnessView } from "./witness.ts";
