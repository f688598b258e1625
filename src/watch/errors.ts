// SPDX-License-Identifier: Apache-2.0
// The faults of this room. That something is not normal is a finding, never one of these.
import { BailiwickError } from "../core/index.ts";

export type WatchErrorCode = "WATCH_DETECTORS_INVALID" | "WATCH_ROW_MALFORMED";

/** A fault of watch: a file of detectors that cannot be used, or a row that it did not write. */
export class WatchError extends BailiwickError<WatchErrorCode> {}
