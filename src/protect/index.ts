// SPDX-License-Identifier: Apache-2.0
// What is in data, where it came from, and what may leave of it.
export type { InspectContext, Inspection, Inspector, InspectorConfig, Part } from "./inspect.ts";
export { createInspector, UNLABELLED } from "./inspect.ts";
export type { LabelRules } from "./labels.ts";
export { readLabelRules } from "./labels.ts";
export { isBound } from "./origin/contracts.ts";
export { skeleton } from "./origin/loose.ts";
export type { IngestReport, OutputOrigin, TaskConfig, TaskIndex } from "./origin/task.ts";
export { openTask } from "./origin/task.ts";
export type { Redaction, Style, Taken } from "./redact/plan.ts";
export type { Redacted, RedactedStream, Redactor } from "./redact/redactor.ts";
export { redactor } from "./redact/redactor.ts";
export { crosses, startsOf } from "./redact/seams.ts";
