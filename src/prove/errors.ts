// SPDX-License-Identifier: Apache-2.0
// Faults of this room: data that it cannot stand on. What may not cross a border is a verdict, never one of these.
import { BailiwickError } from "../core/index.ts";

export type ProveErrorCode =
  | "PROVE_REGULATIONS_INVALID"
  | "PROVE_MECHANISMS_INVALID"
  | "PROVE_FILE_UNREADABLE"
  | "PROVE_CASE_INVALID"
  | "PROVE_CASE_MOVED"
  | "PROVE_ENTITIES_INVALID"
  | "PROVE_CLOCK_INVALID";

export class ProveError extends BailiwickError<ProveErrorCode> {}
