// SPDX-License-Identifier: Apache-2.0
// The events of the live stream: their shapes, and how each is read. Events that are not named here are left out, so that
// an older client follows a newer server (core K5).
import { type EntryRow, readRow, readStatus, type Status } from "./answers.ts";
import { type DecisionLine, readLine } from "./now.ts";
import { flag, maybe, member, type Part, text, whole } from "./parts.ts";

export type LiveTopic = "entries" | "decisions" | "approvals" | "containments" | "identities" | "status";

type Told =
  | { readonly kind: "entry"; readonly row: EntryRow }
  | { readonly kind: "decision"; readonly line: DecisionLine }
  /** What waits for people has changed: ask for it. */
  | { readonly kind: "approvals" }
  | { readonly kind: "containments" }
  /** Somebody stands otherwise, or holds something else: ask for it. */
  | { readonly kind: "identities" }
  /**
   * The server lives. `at`: its clock, RFC 3339 in UTC; `size`: durable entries; `isFirst`: a stream begins, and what was
   * asked for before it may miss something.
   */
  | {
      readonly kind: "beat";
      readonly at: string;
      readonly size: number;
      readonly isFirst: boolean;
      readonly status: Status | undefined;
    }
  /** Too much was missed to be sent: entries `from` up to `to`, exclusive, are in the record. */
  | { readonly kind: "gap"; readonly from: number; readonly to: number }
  /** The server ends the stream, and says why: `signed-out` or `slow`. */
  | { readonly kind: "end"; readonly why: string };

/** One event; `cursor` is where to go on from after a break. */
export type LiveEvent = Told & { readonly cursor: string | undefined };

/** How each event is read, by its name on the wire. */
export const LIVE_READERS: ReadonlyMap<string, (part: Part) => Told> = new Map([
  ["entry", (part: Part): Told => ({ kind: "entry", row: readRow(part) })],
  ["decision", (part: Part): Told => ({ kind: "decision", line: readLine(part) })],
  ["approvals", (): Told => ({ kind: "approvals" })],
  ["containments", (): Told => ({ kind: "containments" })],
  ["identities", (): Told => ({ kind: "identities" })],
  ["beat", readBeat],
  ["gap", (part: Part): Told => ({ kind: "gap", from: whole(member(part, "from")), to: whole(member(part, "to")) })],
  ["end", (part: Part): Told => ({ kind: "end", why: text(member(part, "why")) })],
]);

function readBeat(part: Part): Told {
  const status = maybe(member(part, "status"), () => readStatus(member(part, "status")));
  return {
    kind: "beat",
    at: text(member(part, "at")),
    size: whole(member(part, "size")),
    isFirst: flag(member(part, "first")),
    status,
  };
}
