// SPDX-License-Identifier: Apache-2.0
// The room's surface: load a bundle, try its cases, put its set in force, decide.

export type { DecidePorts, PolicyControl } from "./decider.ts";
export { createDecider } from "./decider.ts";
export type { DecideErrorCode } from "./errors.ts";
export type { PolicySet } from "./policy-set.ts";
export { schemaText } from "./schema-text.ts";
export type { Bundle, BundlePolicy, BundleSource, Loaded } from "./sets/bundle.ts";
export { loadBundle } from "./sets/bundle.ts";
export type { CaseReport, CaseResult, PolicyCoverage } from "./sets/run-cases.ts";
export { runCases } from "./sets/run-cases.ts";
