// SPDX-License-Identifier: Apache-2.0
// The commands of the record: the log itself, what is found in it, and what proves it.
import type { Command } from "./command.ts";
import { DATA, JSON_OUT, NOTHING, PLAIN } from "./options.ts";

/** Kinds of what can be searched by; `KIND:VALUE` asks for one of them. */
export const SEARCH_KINDS: readonly string[] = [
  "answer",
  "approval",
  "finding",
  "identity",
  "incident",
  "instance",
  "jurisdiction",
  "label",
  "leaf",
  "mandate",
  "name",
  "of",
  "order",
  "person",
  "policy",
  "reference",
  "resource",
  "server",
  "set",
  "step",
  "task",
  "tool",
  "type",
  "verb",
];
/** Words of one search. */
const WORDS_MAX = 16;

export const RECORD_COMMANDS: readonly Command[] = [
  {
    name: "record status",
    summary: "how large the log is, what of it is published, and what can be searched",
    takes: NOTHING,
    examples: [
      { words: "record status", does: "and whom a verifier has to trust" },
      { words: "record status --json", does: "for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/record-status.ts"),
  },
  {
    name: "record tail",
    summary: "the newest entries of the record",
    takes: NOTHING,
    examples: [
      { words: "record tail -n 20", does: "the last twenty" },
      { words: "record tail --follow --json", does: "and each new one, one JSON object a line" },
    ],
    options: [
      { name: "follow", short: "f", summary: "go on with each new entry" },
      { name: "lines", short: "n", value: "N", summary: "how many to begin with (10)" },
      DATA,
      JSON_OUT,
      PLAIN,
    ],
    load: () => import("./commands/record-tail.ts"),
  },
  {
    name: "record search",
    summary: "entries by what they say, newest first",
    takes: { words: "WORD|KIND:VALUE...", min: 0, max: WORDS_MAX },
    examples: [
      { words: "record search invoice-helper answer:deny", does: "a word is a name, an id, a hash or a time" },
      { words: "record search label:personal verb:share,execute", does: "all must hold, one value of each" },
    ],
    options: [
      { name: "after", value: "TIME", summary: "from this instant on" },
      { name: "before", value: "TIME", summary: "up to this instant" },
      { name: "cursor", value: "INDEX", summary: "go on to older entries than this one" },
      { name: "limit", value: "N", summary: "how many at most (100)" },
      { name: "proofs", summary: "with --json: the hashes that prove each hit, under one checkpoint" },
      DATA,
      JSON_OUT,
      PLAIN,
    ],
    load: () => import("./commands/record-search.ts"),
  },
  {
    name: "record prove",
    summary: "the proof that one entry is in the log, as a file",
    takes: { words: "KEY", min: 1, max: 1 },
    examples: [
      { words: "record prove BW-7Q2F3AB --out entry.tlog-proof", does: "a C2SP tlog-proof, which carries its entry" },
      { words: "record prove 17", does: "to standard output, by index" },
    ],
    options: [{ name: "out", value: "FILE", summary: "where to; standard output where left out" }, DATA],
    load: () => import("./commands/record-prove.ts"),
  },
  {
    name: "record show",
    summary: "one entry in words, whole, and its place in the log",
    takes: { words: "KEY", min: 1, max: 1 },
    examples: [
      { words: "record show BW-7Q2F3AB", does: "by reference; an entry id or an index works too" },
      { words: "record show 17 --json", does: "by index, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/record-show.ts"),
  },
  {
    name: "record fsck",
    summary: "read every byte of a stopped server's logs; changes nothing",
    takes: NOTHING,
    examples: [
      { words: "record fsck", does: "entries, tiles, journal and every checkpoint that was published" },
      { words: "record fsck --data /srv/bailiwick --json", does: "another data folder, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    exits: "3 not all could be checked · 4 something is damaged",
    load: () => import("./commands/record-fsck.ts"),
  },
  {
    name: "record rebuild",
    summary: "make tiles and bundles again from the entries of a stopped server",
    takes: NOTHING,
    examples: [
      { words: "record rebuild", does: "what is missing or changed, byte for byte" },
      { words: "record rebuild --json", does: "the same, and which files, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/record-rebuild.ts"),
  },
  {
    name: "record adopt",
    summary: "close a log that cannot go on, and begin the next one",
    takes: { words: "NAME", min: 1, max: 1 },
    examples: [
      { words: "record adopt main-2", does: "after a restore: main-1 is closed for ever, main-2 says what is missing" },
      { words: "record adopt main-2 --config gate.yaml", does: "of another configuration" },
    ],
    options: [{ name: "config", value: "FILE", summary: "configuration (./bailiwick.yaml)" }, DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/record-adopt.ts"),
  },
  {
    name: "record export",
    summary: "the log as files that prove themselves; goes on where it stopped",
    takes: { words: "FOLDER", min: 1, max: 1 },
    examples: [
      { words: "record export ./handover", does: "every entry, and what proves that none is left out" },
      { words: "record export ./siem --format ocsf", does: "as OCSF 1.8.0 events, for other tools" },
    ],
    options: [
      { name: "format", value: "FORMAT", summary: "jsonl (as written) or ocsf" },
      { name: "ocsf", value: "VERSION", summary: "1.8.0, or 1.9-dev for what only that knows" },
      { name: "from", value: "INDEX", summary: "first entry, where the folder is new (0)" },
      { name: "to", value: "INDEX", summary: "up to this entry, and without it (the end)" },
      DATA,
      JSON_OUT,
      PLAIN,
    ],
    load: () => import("./commands/record-export.ts"),
  },
];
