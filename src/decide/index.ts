// SPDX-License-Identifier: Apache-2.0
// The room's surface: load a bundle, try its cases, put its set in force, decide.

export type { Authzen, Endpoint } from "./authzen/handlers.ts";
export { createAuthzen } from "./authzen/handlers.ts";
export { basePath, METADATA_PATH, metadata } from "./authzen/metadata.ts";
export type { AuthzenDomain, AuthzenResponse, Decided, Peer } from "./authzen/ports.ts";
export type { DecideSettings } from "./config.ts";
export { decideSection } from "./config.ts";
export type { DecidePorts, PolicyControl } from "./decider.ts";
export { createDecider } from "./decider.ts";
export type { BundleDiff, Separating } from "./diff/diff.ts";
export { diffBundles, diffing } from "./diff/diff.ts";
export { readEntities } from "./entities-file.ts";
export type { DecideErrorCode } from "./errors.ts";
export type { PolicySet } from "./policy-set.ts";
export type { Act as PolicyAct } from "./published/books.ts";
export type { PublishedSet } from "./published/published-set.ts";
export type { No } from "./published/rules.ts";
export type { Asker, Scope } from "./published/scope.ts";
export { SCOPE_PARTS, scopeJson } from "./published/scope.ts";
export type { Approval, ReleaseMode, RollbackIf, SetRelease } from "./published/set-release.ts";
export { isOn, RELEASE_MODES } from "./published/set-release.ts";
export type { Done, PolicyShelf, ReleaseWish } from "./published/shelf.ts";
export { openShelf } from "./published/shelf.ts";
export type { ServerRelease } from "./releases/release.ts";
export { ALL, mayObserve } from "./releases/release.ts";
export type { Released, Releases } from "./releases/releases.ts";
export { openReleases } from "./releases/releases.ts";
export { Residents } from "./residents.ts";
export { DECIDE_SCHEMA } from "./schema.ts";
export { schemaText } from "./schema-text.ts";
export type { Bundle, BundlePolicy, BundleSource, Loaded } from "./sets/bundle.ts";
export { loadBundle } from "./sets/bundle.ts";
export type { TextFile } from "./sets/folder.ts";
export type { CaseReport, CaseResult, ExplainedCase, PolicyCoverage } from "./sets/run-cases.ts";
export { explainCases, runCases } from "./sets/run-cases.ts";
export type { Pause } from "./turns.ts";
export { inTurns, turns } from "./turns.ts";
