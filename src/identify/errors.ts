// SPDX-License-Identifier: Apache-2.0
// The faults of this room. Who may not come in is a value (a Refusal, an OAuth error, a registry's no), never one of these.
import { BailiwickError } from "../core/index.ts";

export type IdentifyErrorCode =
  | "IDENTIFY_CONFIG"
  | "IDENTIFY_ROLES"
  | "IDENTIFY_ROW_MALFORMED"
  | "IDENTIFY_FEED_BROKEN"
  | "IDENTIFY_FORGET_REFUSED";

/** A fault of identify: a configuration it cannot stand on, or a row it did not write. */
export class IdentifyError extends BailiwickError<IdentifyErrorCode> {}
