// SPDX-License-Identifier: Apache-2.0
// Who requires what, and where may data go. So far: the transfer gate, and which duties apply.

export type { Cases } from "./cases/cases.ts";
export { openCases } from "./cases/cases.ts";
export { loadLibrary } from "./cases/library.ts";
export { PROVE_SCHEMA } from "./cases/schema.ts";
export type { CaseClock, CaseView, Library } from "./cases/view.ts";
export type { ProveSettings } from "./config.ts";
export { proveSection } from "./config.ts";
export type { ProveErrorCode } from "./errors.ts";
export { ProveError } from "./errors.ts";
export type { Regimes } from "./regimes/load.ts";
export { checkRegimes } from "./regimes/load.ts";
export type { RowLine, RowView } from "./regimes/view.ts";
export { lineOf, viewOf } from "./regimes/view.ts";
export type { TransferSources, Transfers } from "./transfer/gate.ts";
export { openTransferGate } from "./transfer/gate.ts";
export type { Row } from "./transfer/rows.ts";
