// SPDX-License-Identifier: Apache-2.0
// The one table of commands: help, parsing, completion of names and docs/reference/cli.md all come from it.
import type { Command, Option } from "./command.ts";

const JSON_OUT: Option = { name: "json", summary: "JSON: one document, or one object a line" };
const PLAIN: Option = { name: "plain", summary: "tab-separated, whole, without colour" };
const DATA: Option = { name: "data", value: "DIR", summary: "data folder of the server (./data)" };

const YES: Option = { name: "yes", summary: "agree without being asked; needed where nobody is at a terminal" };
const NO_INPUT: Option = { name: "no-input", summary: "never ask" };

const NOTHING = { words: "", min: 0, max: 0 };

export const COMMANDS: readonly Command[] = [
  {
    name: "up",
    summary: "start the gate and everything it needs, in one process",
    takes: NOTHING,
    examples: [
      { words: "up --demo", does: "an agent at a real gate, in a temporary folder" },
      { words: "up --config bailiwick.yaml", does: "the servers and policies that the file names" },
    ],
    options: [
      { name: "demo", summary: "tell a story on made-up files, then wait" },
      { name: "data", value: "DIR", summary: "where state is kept (./data)" },
      { name: "port", value: "N", summary: "port to listen on (7400)" },
      { name: "config", value: "FILE", summary: "configuration (./bailiwick.yaml)" },
      { name: "once", summary: "end when the demo's story is told" },
      { name: "no-input", summary: "never read a key" },
      { name: "json", summary: "one JSON object a line instead of text" },
    ],
    exits: "0 stopped · 70 a bug · 74 the disk failed · 75 locked by another · 78 configuration or record refuses",
    load: () => import("./commands/up.ts"),
  },
  {
    name: "status",
    summary: "what is true now, and the next thing to do",
    takes: NOTHING,
    examples: [
      { words: "status", does: "the server of ./data; also with no command at all" },
      { words: "status --data /srv/bailiwick --json", does: "another server, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/status.ts"),
  },
  {
    name: "policy check",
    summary: "what is wrong with the policies of a folder; needs no server",
    takes: { words: "DIR", min: 0, max: 1 },
    examples: [
      { words: "policy check", does: "the folder ./policies" },
      { words: "policy check policies/demo --json", does: "one set, for an editor" },
    ],
    options: [JSON_OUT, PLAIN],
    exits: "3 a policy must be mended",
    load: () => import("./commands/policy-check.ts"),
  },
  {
    name: "policy test",
    summary: "run the cases beside the policies; needs no server",
    takes: { words: "DIR", min: 0, max: 1 },
    examples: [
      { words: "policy test", does: "every case under ./policies" },
      { words: "policy test policies/demo --plain", does: "one set, one line a case" },
    ],
    options: [JSON_OUT, PLAIN],
    exits: "3 a case fell",
    load: () => import("./commands/policy-test.ts"),
  },
  {
    name: "policy explain",
    summary: "why one call was answered as it was",
    takes: { words: "REFERENCE", min: 1, max: 1 },
    examples: [
      { words: "policy explain BW-7Q2F3AB", does: "the reference that the refused caller was shown" },
      { words: "policy explain BW-7Q2F3AB --json", does: "the same, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/policy-explain.ts"),
  },
  {
    name: "approve",
    summary: "show a call that waits for a person, and agree to it",
    takes: { words: "REFERENCE", min: 1, max: 1 },
    examples: [
      { words: "approve BW-7Q2F3AB", does: "shows the call, then asks for yes" },
      { words: "approve BW-7Q2F3AB --yes", does: "the same, and does not ask" },
    ],
    options: [YES, NO_INPUT, DATA],
    exits: "3 no yes was said, it no longer waits, or the server says no",
    load: () => import("./commands/approve.ts"),
  },
  {
    name: "approve list",
    summary: "the calls that wait for a person",
    takes: NOTHING,
    examples: [
      { words: "approve list", does: "oldest first" },
      { words: "approve list --json", does: "whole, with digests, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/approve-list.ts"),
  },
  {
    name: "approve refuse",
    summary: "say no to a call that waits",
    takes: { words: "REFERENCE", min: 1, max: 1 },
    examples: [
      { words: "approve refuse BW-7Q2F3AB --because unexpected", does: "the reason goes to the record" },
      { words: "approve refuse BW-7Q2F3AB --because unknown --data /srv", does: "another server" },
    ],
    options: [{ name: "because", value: "WHY", summary: "why not; required" }, DATA],
    exits: "3 it no longer waits, or the server says no",
    load: () => import("./commands/approve-refuse.ts"),
  },
  {
    name: "contain",
    summary: "stop an identity, a key, a task or more, at every gate",
    takes: { words: "SCOPE", min: 1, max: 1 },
    examples: [
      { words: "contain spiffe://office/agent/helper --because stolen", does: "isolates it; asks for its name first" },
      {
        words: "contain blueprint:helper@1 --effect read-only --because odd",
        does: "all of a kind",
      },
    ],
    options: [
      { name: "effect", value: "EFFECT", summary: "throttle, challenge, read-only or isolate (isolate)" },
      { name: "because", value: "WHY", summary: "why; required, and goes to the record" },
      YES,
      NO_INPUT,
      DATA,
      JSON_OUT,
      PLAIN,
    ],
    exits: "3 a gate did not acknowledge, nobody confirmed, or the server says no",
    load: () => import("./commands/contain.ts"),
  },
  {
    name: "contain list",
    summary: "the orders that bind, and what every gate said",
    takes: NOTHING,
    examples: [
      { words: "contain list", does: "newest first" },
      { words: "contain list --all --json", does: "those that were ended too, for a program" },
    ],
    options: [{ name: "all", summary: "those that were ended too" }, DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/contain-list.ts"),
  },
  {
    name: "contain blast",
    summary: "what an identity read, wrote, sent and handed on",
    takes: { words: "IDENTITY", min: 1, max: 1 },
    examples: [
      { words: "contain blast spiffe://office/agent/helper", does: "in the last 24 hours" },
      { words: "contain blast spiffe://office/agent/helper --json", does: "for a program" },
    ],
    options: [{ name: "since", value: "TIME", summary: "RFC 3339, UTC (24 hours ago)" }, DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/contain-blast.ts"),
  },
  {
    name: "contain release",
    summary: "end an order that somebody else gave",
    takes: { words: "ORDER", min: 1, max: 1 },
    examples: [
      { words: "contain release 6d7cbf40ad45 --because mended", does: "the reason is kept" },
      { words: "contain release 6d7cbf40ad45 --because no --json", does: "for a program" },
    ],
    options: [{ name: "because", value: "WHY", summary: "why it may end; required" }, DATA, JSON_OUT, PLAIN],
    exits: "3 another person is needed, or the server says no",
    load: () => import("./commands/contain-release.ts"),
  },
  {
    name: "contain resume",
    summary: "let an identity act again, read-only, after its release",
    takes: { words: "ORDER", min: 1, max: 1 },
    examples: [
      { words: "contain resume 6d7cbf40ad45 --because new-keys", does: "under a new order" },
      { words: "contain resume 6d7cbf40ad45 --because ok --json", does: "for a program" },
    ],
    options: [{ name: "because", value: "WHY", summary: "why it may act again; required" }, DATA, JSON_OUT, PLAIN],
    exits: "3 the server says no",
    load: () => import("./commands/contain-resume.ts"),
  },
  {
    name: "watch findings",
    summary: "what is not normal, and what was done about it",
    takes: NOTHING,
    examples: [
      { words: "watch findings", does: "newest first" },
      { words: "watch findings --json", does: "one JSON object a line" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/watch-findings.ts"),
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
    name: "record show",
    summary: "one entry, whole",
    takes: { words: "KEY", min: 1, max: 1 },
    examples: [
      { words: "record show BW-7Q2F3AB", does: "by reference; an entry id or an index works too" },
      { words: "record show 17 --json", does: "by index, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/record-show.ts"),
  },
  {
    name: "verify",
    summary: "check a log or a proof offline; trusts only your policy file",
    takes: { words: "FOLDER|PROOF...", min: 1, max: Number.POSITIVE_INFINITY },
    examples: [
      { words: "verify data/record --policy trust.policy", does: "every entry of every log in the folder" },
      { words: "verify entry.tlog-proof --policy trust.policy", does: "one entry, by its proof" },
    ],
    options: [
      { name: "policy", value: "FILE", summary: "whom to trust: a policy file that you had before" },
      JSON_OUT,
      PLAIN,
    ],
    exits: "1 cannot be read · 3 a required check was not run · 4 a check failed",
    load: () => import("./commands/verify.ts"),
  },
];
