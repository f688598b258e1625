// SPDX-License-Identifier: Apache-2.0
// The words of the screen Record in English.
import { count, NUMBER } from "./words.ts";

export const record = {
  title: "Record",
  sentence: (size: number, published: number): string =>
    published >= size
      ? `${count(size, "entry", "entries")}, all of them under a signed root.`
      : `${count(size, "entry", "entries")}, ${NUMBER.format(published)} of them under a signed root.`,
  stopped: (state: string): string => `The record is ${state}: effects are refused.`,
  searching: "Search the record",
  hint: "a reference, id, index, hash, name or time",
  go: "Search",
  all: "The newest entries",
  found: (shown: number, size: number): string => `${NUMBER.format(shown)} of ${count(size, "entry", "entries")}`,
  meant: (word: string, kind: string): string =>
    kind === "nothing" ? `Nothing is known as ${word}.` : `Entries by ${kind}: ${word}.`,
  none: "No entry says this.",
  drop: "Show the newest entries",
  waits: (n: number): string => `The newest ${count(n, "entry", "entries")} cannot be found yet.`,
  proves:
    "Each entry here is proved by its own proof. That there are no more is not: only an export of a whole range says so.",
  older: "Older ones",
  caption: "Entries, newest first",
  index: "Index",
  kind: "Kind",
  log: "The log",
  origin: "Name",
  entries: "Entries",
  published: "Under a signed root",
  searchable: "Can be searched",
  second: "Second signature",
  checkAll: "Check all of it",
  copyCheck: "Copy the command that checks the whole log",
  exportAll: "Hand it out",
  copyExport: "Copy the command that hands the log out",
  witnesses: "Witnesses",
  quorum: (state: string, lagMs: number): string => {
    if (state === "none") return "Nobody else cosigns this log: an old copy of it put in its place would not show.";
    if (state === "met") return "Enough witnesses cosign what is published.";
    return `Too few witnesses cosign, for ${NUMBER.format(Math.ceil(lagMs / 1000))} s: ${state}.`;
  },
  witness: "Witness",
  last: "When it was asked last",
  entryTitle: (index: number): string => `Entry ${NUMBER.format(index)}`,
  entryHeading: (index: number, word: string, what: string): string =>
    `Entry ${NUMBER.format(index)}: ${word}${what === "" ? "" : `, ${what}`}.`,
  back: "Back to the record",
  about: "In words",
  when: "When",
  who: "Who",
  what: "What",
  reference: "Reference",
  decision: "The decision whole: rules, context, outcome",
  of: (index: number): string => `The entry whose outcome this is: ${NUMBER.format(index)}`,
  written: "As it was written",
  leaf: "Leaf hash",
  nothing: "The record has nothing under this address.",
  openings: "Commitments (c1:…) are opened elsewhere, by right and on record; an entry itself holds no content.",
} as const;
