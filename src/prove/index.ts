// SPDX-License-Identifier: Apache-2.0
// Who requires what, and where may data go. So far: the transfer gate.

export type { ProveSettings } from "./config.ts";
export { proveSection } from "./config.ts";
export type { ProveErrorCode } from "./errors.ts";
export type { TransferSources, Transfers } from "./transfer/gate.ts";
export { openTransferGate } from "./transfer/gate.ts";
export type { Row } from "./transfer/rows.ts";
