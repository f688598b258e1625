// SPDX-License-Identifier: Apache-2.0
// Faults of this room: files that it cannot stand on. What may not leave is a value, never one of these.
import { BailiwickError } from "../core/index.ts";

export type ShareErrorCode = "SHARE_PROFILE_INVALID" | "SHARE_TECHNIQUES_INVALID" | "SHARE_PRODUCER_INVALID";

export class ShareError extends BailiwickError<ShareErrorCode> {}
