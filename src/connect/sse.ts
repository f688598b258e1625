// SPDX-License-Identifier: Apache-2.0
// Server-sent events of the gate, message by message.
import { createParser } from "eventsource-parser";
import { ConnectError } from "./errors.ts";
import { type GateAnswer, lost } from "./http.ts";

/** UNIT: characters. Largest event that is kept (enforce E35). */
const EVENT_MAX_CHARS = 10 * 1024 * 1024;

export interface GateEvent {
  readonly id: string | undefined;
  /** Empty for an event that only carries an id. */
  readonly data: string;
}

/** @throws ConnectError CONNECT_GATE_LOST, CONNECT_ANSWER_MALFORMED */
export async function* eventsOf({ body }: GateAnswer, onRetry?: (ms: number) => void): AsyncGenerator<GateEvent, void> {
  const ready: GateEvent[] = [];
  const parser = createParser({
    maxBufferSize: EVENT_MAX_CHARS,
    onEvent: ({ id, data }) => void ready.push({ id, data }),
    onRetry: (ms) => onRetry?.(ms),
    onError: (fault) => {
      if (fault.type !== "max-buffer-size-exceeded") return; // a field that the standard has us pass over
      const why = `reading the gate's events: one is over ${EVENT_MAX_CHARS} characters`;
      throw new ConnectError("CONNECT_ANSWER_MALFORMED", why);
    },
  });
  const decoder = new TextDecoder();
  try {
    // leaving the loop early closes the connection
    for await (const piece of body) {
      if (piece instanceof Uint8Array) parser.feed(decoder.decode(piece, { stream: true }));
      yield* ready.splice(0);
    }
  } catch (cause) {
    if (cause instanceof ConnectError) throw cause;
    throw lost("the gate's stream broke off", cause);
  }
}
