// SPDX-License-Identifier: Apache-2.0
// Reads server-sent events (WHATWG HTML section 9.2.6, "interpreting an event stream"): only what is in `data` matters here.
import { SdkError } from "./errors.ts";

/** UNIT: characters. Largest event that is kept: an entry is at most 65,535 bytes, its row a little more. */
export const EVENT_MAX_CHARS: number = 256 * 1024;

/** Takes the stream piece by piece, in whatever pieces it comes, and gives the data of each whole event. */
export class EventReader {
  private rest = "";
  private data: string[] = [];
  private chars = 0;

  /** @throws SdkError SDK_ANSWER_TOO_LARGE */
  push(piece: string): readonly string[] {
    // a carriage return at the end may be half of a line's end
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    const events = lines.flatMap((line) => this.take(line));
    if (this.chars + this.rest.length > EVENT_MAX_CHARS) {
      throw new SdkError("SDK_ANSWER_TOO_LARGE", `reading events: one is over ${EVENT_MAX_CHARS} characters`);
    }
    return events;
  }

  private take(line: string): readonly string[] {
    if (line === "") {
      const event = this.data.join("\n");
      const whole = this.data.length > 0;
      this.data = [];
      this.chars = 0;
      return whole ? [event] : [];
    }
    const [field, value] = split(line);
    if (field === "data") {
      this.data.push(value);
      this.chars += value.length + 1;
    }
    return []; // `event`, `id`, `retry`, comments and what nobody knows yet
  }
}

function split(line: string): readonly [field: string, value: string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}
