// SPDX-License-Identifier: Apache-2.0
// Reads server-sent events (WHATWG HTML section 9.2.6, "interpreting an event stream").
import { SdkError } from "./errors.ts";

/** UNIT: characters. Largest event that is kept: an entry is at most 65,535 bytes, its row a little more. */
export const EVENT_MAX_CHARS: number = 256 * 1024;

/** One event of a stream. */
export interface StreamEvent {
  /** `message` where the stream names none. */
  readonly name: string;
  /** The stream's last `id` so far: where to go on from after a break. */
  readonly id: string | undefined;
  readonly data: string;
}

/** Takes the stream piece by piece, in whatever pieces it comes, and gives each whole event. */
export class EventReader {
  private rest = "";
  private data: string[] = [];
  private chars = 0;
  private name = "";
  private id: string | undefined;

  /** @throws SdkError SDK_ANSWER_TOO_LARGE */
  push(piece: string): readonly StreamEvent[] {
    // a carriage return at the end may be half of a line's end
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    const events = lines.flatMap((line) => this.take(line));
    if (this.chars + this.rest.length > EVENT_MAX_CHARS) {
      throw new SdkError("SDK_ANSWER_TOO_LARGE", `reading events: one is over ${EVENT_MAX_CHARS} characters`);
    }
    return events;
  }

  private take(line: string): readonly StreamEvent[] {
    if (line === "") return this.end();
    const [field, value] = split(line);
    if (field === "data") {
      this.data.push(value);
      this.chars += value.length + 1;
    }
    if (field === "event") this.name = value;
    // an id with a NUL is none, and one that comes counts from here on
    if (field === "id" && !value.includes("\0")) this.id = value;
    return []; // `retry`, comments and what nobody knows yet
  }

  private end(): readonly StreamEvent[] {
    const event = { name: this.name === "" ? "message" : this.name, id: this.id, data: this.data.join("\n") };
    const isWhole = this.data.length > 0;
    this.data = [];
    this.chars = 0;
    this.name = "";
    return isWhole ? [event] : [];
  }
}

function split(line: string): readonly [field: string, value: string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}
