// SPDX-License-Identifier: Apache-2.0
// Faults of this room: data files that cannot be used. What is found in data is a value, never an exception.
import { BailiwickError } from "../core/index.ts";

export type ProtectErrorCode = "PROTECT_LABELS_INVALID" | "PROTECT_TYPE_UNKNOWN" | "PROTECT_STREAM_ENDED";

export class ProtectError extends BailiwickError<ProtectErrorCode> {}
