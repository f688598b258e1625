// SPDX-License-Identifier: Apache-2.0
// Is this normal: so far, the signs that are certain. Decoys, forks, misused credentials, changed tools, acts after an order.
export type { WatchErrorCode } from "./errors.ts";
export type { DecoySpec, Watch, WatchPorts } from "./open.ts";
export { openWatch } from "./open.ts";
export { WATCH_SCHEMA } from "./schema.ts";
export type { Weights } from "./weights.ts";
export { readWeights } from "./weights.ts";
