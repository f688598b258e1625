// SPDX-License-Identifier: Apache-2.0
// How long anybody waits for an upstream: until the client goes, the conversation ends or the time is up.
import type { Timers } from "../../../core/index.ts";
import { EnforceError } from "../../errors.ts";
import type { Wait } from "../link.ts";

export interface Limit {
  /** Its reason is the fault. */
  readonly signal: AbortSignal;
  /** Rejects when the wait is over. */
  readonly over: Promise<never>;
  /** Nobody waits any more. */
  readonly release: () => void;
}

export function limit(timers: Timers, what: string, { ms, signal }: Wait, closing?: AbortSignal): Limit {
  const own = new AbortController();
  const end = (code: EnforceError["code"], why: string): void => own.abort(new EnforceError(code, `${what}: ${why}`));
  const cancel = (): void => end("ENFORCE_CANCELLED", "the client cancelled it");
  const close = (): void => end("ENFORCE_UPSTREAM_GONE", "the conversation ended");
  const late = (): void => end("ENFORCE_UPSTREAM_TIMEOUT", `no answer for ${ms} ms`);
  const over = new Promise<never>((_resolve, reject) => {
    own.signal.addEventListener("abort", () => reject(reasonOf(own.signal, what)), { once: true });
  });
  // whoever does not look at it is told by the signal
  over.catch(() => undefined);
  if (signal.aborted) cancel();
  if (closing?.aborted === true) close();
  signal.addEventListener("abort", cancel, { once: true });
  closing?.addEventListener("abort", close, { once: true });
  const stop = ms === undefined ? undefined : timers.after(ms, late);
  const release = (): void => {
    stop?.();
    signal.removeEventListener("abort", cancel);
    closing?.removeEventListener("abort", close);
  };
  return { signal: own.signal, over, release };
}

function reasonOf({ reason }: AbortSignal, what: string): EnforceError {
  return reason instanceof EnforceError ? reason : new EnforceError("ENFORCE_CANCELLED", what, { cause: reason });
}
