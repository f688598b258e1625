// SPDX-License-Identifier: Apache-2.0
// An answer as server-sent events (MCP 2025-11-25, Streamable HTTP): begun only when there is something to say before the
// answer, or when the answer takes long.
import type { Flight, JsonObject, Timers } from "../../core/index.ts";
import { writeJson } from "../../core/index.ts";
import type { GateResponse } from "./http.ts";

/** UNIT: ms. A comment goes this often, so that nobody on the way takes a slow call for a dead one (E34). */
export const BEAT_MS = 15_000;
/** Events that a slow reader may leave unread; later ones are left out, the answer never is. */
const UNREAD_MAX = 256;

const HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

/** An answer, and what was said before it. */
export interface Answering {
  readonly response: GateResponse;
  /** Messages that come before the answer. */
  readonly before: readonly JsonObject[];
}

/** What a call says before its answer is there. */
export class Lines {
  private readonly queue: string[] = [];
  private wake: () => void = () => undefined;
  /** What an order may end: from then on nothing that waited here goes out (respond R9). */
  flight: Flight | undefined;
  isClosed = false;

  /** @returns whether it will be sent, if anybody reads */
  say(message: JsonObject): boolean {
    const isKept = this.queue.length < UNREAD_MAX && !this.isClosed;
    if (isKept) this.queue.push(event(writeJson(message)));
    this.wake();
    return isKept;
  }

  /** Nothing more is said. */
  close(): void {
    this.isClosed = true;
    this.wake();
  }

  beat(): void {
    if (this.queue.length === 0) this.queue.push(": still at work\n\n");
    this.wake();
  }

  get isEmpty(): boolean {
    return this.queue.length === 0;
  }

  shift(): string | undefined {
    if (this.flight?.cut !== undefined) this.queue.length = 0;
    const line = this.queue.shift();
    if (line !== undefined) this.flight?.sent(Buffer.byteLength(line));
    return line;
  }

  /** Resolves when there is something to send. */
  some(): Promise<void> {
    if (this.queue.length > 0 || this.isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

/** How a stream begins. */
export interface Beginning {
  /** Given the stream, once there is one. */
  readonly begun?: (events: AsyncIterable<string>) => AsyncIterable<string>;
  /** UNIT: ms. An answer that takes longer than this begins as a stream. */
  readonly early?: number;
}

/**
 * The answer as it comes: plain JSON where nothing is said before it, else a stream of events that ends with it.
 * The call goes on whether or not anybody reads (MCP 2025-11-25: a disconnect is not a cancellation).
 */
export async function answerAsEvents(
  timers: Timers,
  lines: Lines,
  work: Promise<Answering>,
  { begun = (all) => all, early }: Beginning = {},
): Promise<GateResponse> {
  const stop = timers.every(BEAT_MS, () => lines.beat());
  const stopEarly = early === undefined ? undefined : timers.after(early, () => lines.beat());
  const done = work.finally(() => {
    stop();
    stopEarly?.();
  });
  const first = await Promise.race([done, lines.some()]);
  if (first?.before.length === 0 && lines.isEmpty) return first.response;
  return eventStream(begun(events(lines, done)));
}

/** A response that is read as it comes. */
export function eventStream(said: AsyncIterable<string>): GateResponse {
  return { status: 200, headers: HEADERS, events: said };
}

async function* events(lines: Lines, done: Promise<Answering>): AsyncGenerator<string> {
  for (;;) {
    const over = await Promise.race([done, lines.some()]);
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) yield line;
    if (over === undefined) continue;
    for (const message of over.before) yield event(writeJson(message));
    if (over.response.body !== undefined && over.response.body !== "") yield event(over.response.body);
    return;
  }
}

function event(json: string): string {
  return `event: message\ndata: ${json}\n\n`;
}
