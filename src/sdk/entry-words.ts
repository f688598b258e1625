// SPDX-License-Identifier: Apache-2.0
// An entry of the record in words, for lists of people. Entries are read with care: a newer server may write members and
// values that this version does not know, and they are shown as they stand (core K5).
import type { Members } from "./parts.ts";

/** Its answer where it is a decision, else what kind of entry it is. */
export function wordOf(entry: Members): string {
  return textOf(entry, "answer") ?? textOf(entry, "type") ?? "unknown";
}

/** Who asked for it, or did it; `-` where nobody is named. */
export function whoAsked(entry: Members): string {
  const who = memberOf(entry, "who");
  const identity = who === undefined ? undefined : textOf(who, "identity");
  return shortIdentity(identity ?? textOf(entry, "by") ?? "-");
}

/** `spiffe://<domain>/agent/x` is `agent/x`; anything else stays as it is. */
export function shortIdentity(id: string): string {
  return id.replace(/^spiffe:\/\/[^/]+\//, "");
}

/** What it says, in a line. */
export function whatHappened(entry: Members): string {
  switch (textOf(entry, "type") ?? "") {
    case "decision":
      return decided(entry);
    case "outcome":
      return `${textOf(entry, "result") ?? "?"}, of entry ${indexOf(memberOf(entry, "of"))}`;
    case "gap":
      return `${numberOf(entry, "count")} refusals were not written one by one`;
    case "event":
      return [textOf(entry, "name"), refText(memberOf(entry, "subject"))].filter(Boolean).join(" ");
    case "admin":
      return [textOf(entry, "name"), textOf(entry, "because")].filter(Boolean).join(": ");
    default:
      return "";
  }
}

function decided(entry: Members): string {
  const act = `${textOf(entry, "verb") ?? "?"} ${refText(memberOf(entry, "resource"))}`;
  const refusal = textOf(entry, "refusal");
  const would = textOf(entry, "would");
  if (would !== undefined) return `${act} (observed; would be: ${would})`;
  const outcome = memberOf(entry, "outcome");
  const result = outcome === undefined ? undefined : textOf(outcome, "result");
  const after = refusal ?? (result === "completed" ? undefined : result);
  return after === undefined ? act : `${act} (${after})`;
}

function refText(ref: Members | undefined): string {
  return ref === undefined ? "" : (textOf(ref, "id") ?? "");
}

function indexOf(ref: Members | undefined): string {
  return ref === undefined ? "?" : numberOf(ref, "index");
}

function textOf(object: Members, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" ? value : undefined;
}

function numberOf(object: Members, name: string): string {
  const value = object[name];
  return typeof value === "number" ? String(value) : "?";
}

function memberOf(object: Members, name: string): Members | undefined {
  const value = object[name];
  return isMembers(value) ? value : undefined;
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
