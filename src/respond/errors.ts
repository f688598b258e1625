// SPDX-License-Identifier: Apache-2.0
// The faults of this room. What people or the rules of the desk say no to is a value, never one of these.
import { BailiwickError } from "../core/index.ts";

export type RespondErrorCode = "RESPOND_ROW_MALFORMED" | "RESPOND_RULES_INVALID";

/** A fault of respond: a row that it did not write, or rules that it cannot use. */
export class RespondError extends BailiwickError<RespondErrorCode> {}
