// SPDX-License-Identifier: Apache-2.0
// Faults of a call to a server, and the server's own *no* as it came over the wire.

export type SdkErrorCode =
  | "SDK_BASE_URL_MALFORMED"
  | "SDK_TOKEN_MALFORMED"
  | "SDK_UNREACHABLE"
  | "SDK_NOT_SIGNED_IN"
  | "SDK_REFUSED"
  | "SDK_ANSWER_MALFORMED"
  | "SDK_ANSWER_TOO_LARGE";

/** A problem document (RFC 9457 section 3) with the server's own members. */
export interface ProblemDocument {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  /** The server's code, stable across versions. */
  readonly code?: string;
  /** How to mend it, in one sentence. */
  readonly fix?: string;
  /** `BW-` reference under which a person finds it. */
  readonly ref?: string;
}

/** What went wrong with a call. Stands alone, so that the sdk needs nothing but types from the rest. */
export class SdkError extends Error {
  readonly code: SdkErrorCode;
  /** What the server said, where it said something. */
  readonly problem: ProblemDocument | undefined;

  constructor(code: SdkErrorCode, message: string, options: { cause?: unknown; problem?: ProblemDocument } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "SdkError";
    this.code = code;
    this.problem = options.problem;
  }
}
