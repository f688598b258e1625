// SPDX-License-Identifier: Apache-2.0
// Requests and answers as values: the server owns the sockets.

export interface HttpRequest {
  readonly method: string;
  /** By lower-case name; where one came several times, joined as Node joins it. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** Every `DPoP` header that came, each its own element. */
  readonly dpop: readonly string[];
  /** Address that the connection came from. */
  readonly peer?: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** UNIT: s. What a caller is told to wait when the fault is ours. */
export const RETRY_AFTER_S = 2;

export function jsonAnswer(status: number, body: object, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) };
}
