// SPDX-License-Identifier: Apache-2.0
// Witnesses: who cosigns our log, and whose logs we cosign (C2SP tlog-witness). Judged with the strangers' verifier.

export type { WitnessClient, WitnessState, WitnessTrouble } from "./client.ts";
export { BODY_MAX_BYTES, type Desk, type Fork, type WitnessReply } from "./desk.ts";
export { openWitness, type Witness } from "./open.ts";
export { WITNESS_SCHEMA } from "./schema.ts";
