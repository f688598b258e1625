// SPDX-License-Identifier: Apache-2.0
// What an upstream says of a call while it works (MCP 2025-11-25, progress). Words wait for the verdict on the whole answer,
// because an identifier may begin in one event and end in the next; bare short numbers go on at once. Once something waits,
// everything after it waits too: progress only rises (ADR 8).
import {
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  RawNumber,
  writeJson,
} from "../../core/index.ts";
import { isRequestId, notification, params, type RequestId } from "./message.ts";
import { Lines } from "./sse.ts";

/** Events of one call that wait, and the UTF-16 units of their words; what comes beyond is left out. */
export const HELD_EVENTS_MAX = 256;
export const HELD_UNITS_MAX = 32_768;
/** Digits and point of a number that may pass unseen: too few for any identifier. */
const SHORT = /^\d{1,5}(\.\d{1,3})?$/;

export class Progress {
  /** Given each event that may go at once. */
  private readonly live: (event: JsonObject) => void;
  private readonly waiting: JsonObject[] = [];
  private units = 0;

  constructor(live: (event: JsonObject) => void) {
    this.live = live;
  }

  /** Takes the `params` of one `notifications/progress`; only what MCP names is kept of it. */
  take(given: JsonObject): void {
    const event = readEvent(given);
    if (event === undefined) return;
    const words = member(event, "message");
    const isPlain = words === undefined && isShort(member(event, "progress")) && isShort(member(event, "total") ?? 0);
    if (isPlain && this.waiting.length === 0) {
      this.live(event);
      return;
    }
    const units = typeof words === "string" ? words.length : 0;
    if (this.waiting.length >= HELD_EVENTS_MAX || this.units + units > HELD_UNITS_MAX) return;
    this.units += units;
    this.waiting.push(event);
  }

  /** Takes the `params` of one `notifications/message`: its words wait like all others. */
  note(given: JsonObject): void {
    const [level, logger, data] = ["level", "logger", "data"].map((name) => member(given, name));
    if (typeof level !== "string" || data === undefined) return;
    const units = writeJson(given).length;
    if (this.waiting.length >= HELD_EVENTS_MAX || this.units + units > HELD_UNITS_MAX) return;
    this.units += units;
    const named = typeof logger === "string" ? ([["logger", logger]] as const) : [];
    this.waiting.push(jsonObject([["level", level], ...named, ["data", data]]));
  }

  /** What waits to be released with the answer. */
  get held(): readonly JsonObject[] {
    return this.waiting;
  }
}

function readEvent(given: JsonObject): JsonObject | undefined {
  const [progress, total, message] = ["progress", "total", "message"].map((name) => member(given, name));
  if (!isNumber(progress)) return undefined;
  const members: [string, Json][] = [["progress", progress]];
  if (isNumber(total)) members.push(["total", total]);
  if (typeof message === "string" && message !== "") members.push(["message", message]);
  return jsonObject(members);
}

function isNumber(value: Json | undefined): value is number | RawNumber {
  return typeof value === "number" || value instanceof RawNumber;
}

function isShort(value: Json | undefined): boolean {
  return typeof value === "number" && SHORT.test(String(value));
}

/** Where what is said of one request goes: before the answer, and progress under the client's own token. */
export class Told {
  readonly lines: Lines = new Lines();
  readonly before: JsonObject[] = [];
  /** Absent where the client did not ask to be told of progress. */
  readonly token: RequestId | undefined;

  constructor(token: RequestId | undefined) {
    this.token = token;
  }

  /** At once. */
  say(event: JsonObject): void {
    this.lines.say(this.message(event));
  }

  /** With the answer, after all that went at once. An event whose number was masked is left out. */
  sayBefore(events: readonly Json[]): void {
    for (const event of events) {
      if (!isJsonObject(event)) continue;
      if (isNumber(member(event, "progress"))) this.before.push(this.message(event));
      else if (member(event, "level") !== undefined) this.before.push(notification("notifications/message", event));
    }
  }

  private message(event: JsonObject): JsonObject {
    return notification(
      "notifications/progress",
      jsonObject([["progressToken", this.token ?? ""], ...Object.entries(event)]),
    );
  }
}

/** Nothing where the client takes no events. */
export function toldOf(
  headers: Readonly<Record<string, string | undefined>>,
  message: { readonly tree: JsonObject },
): Told | undefined {
  const token = member(member(params(message), "_meta"), "progressToken");
  const takes = /\btext\/event-stream\b/i.test(headers["accept"] ?? "");
  return takes ? new Told(isRequestId(token) ? token : undefined) : undefined;
}
