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
export { diffBundles } from "./diff/diff.ts";
export { readEntities } from "./entities-file.ts";
export type { DecideErrorCode } from "./errors.ts";
export type { PolicySet } from "./policy-set.ts";
export type { ServerRelease } from "./releases/release.ts";
export { ALL, mayObserve } from "./releases/release.ts";
export type { Released, Releases } from "./releases/releases.ts";
export { openReleases } from "./releases/releases.ts";
export { Residents } from "./residents.ts";
export { DECIDE_SCHEMA } from "./schema.ts";
export { schemaText } from "./schema-text.ts";
export type { Bundle, BundlePolicy, BundleSource, Loaded } from "./sets/bundle.ts";
export { loadBundle } from "./sets/bundle.ts";
export type { CaseReport, CaseResult, ExplainedCase, PolicyCoverage } from "./sets/run-cases.ts";
export { explainCases, runCases } from "./sets/run-cases.ts";
