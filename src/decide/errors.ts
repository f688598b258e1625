// SPDX-License-Identifier: Apache-2.0
// Faults of this room. A *no* is a Decision, a bad bundle is a list of Problems; neither is thrown.
import { BailiwickError } from "../core/index.ts";

export type DecideErrorCode =
  | "DECIDE_PARSER_TRAPPED"
  | "DECIDE_PARSER_TIMEOUT"
  | "DECIDE_PARSER_ANSWER"
  | "DECIDE_EXPRESSION_UNSUPPORTED"
  | "DECIDE_SCHEMA_UNSUPPORTED"
  | "DECIDE_LINK_INVALID"
  | "DECIDE_ENTITIES_INVALID"
  | "DECIDE_ROW_MALFORMED";

/** A parser that broke, or policy JSON that this version cannot evaluate. */
export class DecideError extends BailiwickError<DecideErrorCode> {}
