// SPDX-License-Identifier: Apache-2.0
// Streams of a session that can be taken up again (MCP 2025-11-25, resumability): each event has an id, the last ones are kept,
// and only the session that they belong to is given them (enforce E34).

/** Events of one stream, and streams of one session, that are kept. */
export const KEPT_EVENTS_MAX = 256;
export const KEPT_STREAMS_MAX = 64;
/** UNIT: UTF-16 units of the events of one stream that are kept. */
export const KEPT_UNITS_MAX: number = 1024 * 1024;

/** UNIT: ms. When a client whose connection broke comes back. */
const RETRY_MS = 1000;

/** Where a first reader begins. */
const BEGINNING = -1;

/** One stream of events, read by one reader at a time. */
class Stream {
  readonly id: string;
  private readonly source: AsyncIterator<string>;
  private readonly kept: { readonly at: number; readonly text: string }[] = [];
  private units = 0;
  private last = 0;
  /** What was asked of the source and has not come. */
  private coming: Promise<IteratorResult<string>> | undefined;
  private reader = 0;
  /** Ends the wait of whoever reads now. */
  private wake: () => void = () => undefined;
  private isPaused = false;

  constructor(id: string, source: AsyncIterable<string>, primed: boolean) {
    this.id = id;
    this.source = source[Symbol.asyncIterator]();
    // an id before anything is said, so that a client can come back for all of it
    if (primed) this.keep(`id: ${id}.0\nretry: ${RETRY_MS}\ndata: \n\n`, 0);
  }

  /** What comes after an event. A reader that another one replaces ends. */
  async *after(at: number): AsyncGenerator<string> {
    this.reader += 1;
    const own = this.reader;
    this.wake();
    for (const event of this.kept.filter((one) => one.at > at)) yield event.text;
    for (;;) {
      this.coming ??= this.source.next();
      const { coming } = this;
      const woken = new Promise<undefined>((resolve) => {
        this.wake = () => resolve(undefined);
      });
      // who comes back reads on, whatever was paused before
      const next = this.isPaused && at === BEGINNING ? undefined : await Promise.race([coming, woken]);
      if (this.reader !== own || next === undefined) return;
      if (this.coming === coming) this.coming = undefined;
      if (next.done === true) return;
      yield this.numbered(next.value);
    }
  }

  /** Ends its first reader; what comes from here on is kept for when it comes back. */
  pause(): void {
    this.isPaused = true;
    this.wake();
  }

  /** A comment is nobody's to come back for. */
  private numbered(text: string): string {
    if (text.startsWith(":")) return text;
    this.last += 1;
    const numbered = `id: ${this.id}.${this.last}\n${text}`;
    this.keep(numbered, this.last);
    return numbered;
  }

  private keep(text: string, at: number): void {
    this.kept.push({ at, text });
    this.units += text.length;
    while (this.kept.length > KEPT_EVENTS_MAX || this.units > KEPT_UNITS_MAX)
      this.units -= this.kept.shift()?.text.length ?? 0;
  }
}

/** A stream for its first reader. */
export interface Opened {
  readonly events: AsyncIterable<string>;
  /** Has the reader come back for the rest. */
  readonly pause: () => void;
}

/** The streams of one session. */
export class Streams {
  private readonly streams = new Map<string, Stream>();
  private opened = 0;

  /** @param primed - begins with an id alone */
  open(source: AsyncIterable<string>, primed: boolean): Opened {
    this.opened += 1;
    const stream = new Stream(String(this.opened), source, primed);
    this.streams.set(stream.id, stream);
    const [oldest] = this.streams.keys();
    if (this.streams.size > KEPT_STREAMS_MAX && oldest !== undefined) this.streams.delete(oldest);
    return { events: stream.after(BEGINNING), pause: () => stream.pause() };
  }

  /** What came after an event of this session; nothing where it was none of it, or is kept no more. */
  resume(eventId: string): AsyncIterable<string> | undefined {
    const [, stream = "", at = ""] = /^(\d{1,9})\.(\d{1,9})$/.exec(eventId) ?? [];
    return this.streams.get(stream)?.after(Number(at));
  }
}
