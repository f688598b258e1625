// SPDX-License-Identifier: Apache-2.0
// The one table of commands: help, parsing, completion of names and docs/reference/cli.md all come from it.
import type { Command, Option } from "./command.ts";
import { CONNECT_COMMANDS } from "./connect-commands.ts";
import { IDENTITY_COMMANDS } from "./identity-commands.ts";
import { KEEP_COMMANDS } from "./keep-commands.ts";
import { OBSERVE_COMMANDS } from "./observe-commands.ts";
import { DATA, JSON_OUT, NO_INPUT, NOTHING, PLAIN, YES } from "./options.ts";
import { POLICY_COMMANDS } from "./policy-commands.ts";
import { RECORD_COMMANDS } from "./record-commands.ts";
import { SET_COMMANDS } from "./set-commands.ts";
import { STORE_COMMANDS } from "./store-commands.ts";
import { VERIFY_COMMAND } from "./verify-command.ts";
import { WITNESS_COMMANDS } from "./witness-commands.ts";

const RULES: Option = { name: "dir", value: "DIR", summary: "folder of the rules (./regulations)" };

const INCIDENT: Command["takes"] = { words: "INCIDENT", min: 1, max: 1 };
const NOTE: Option = { name: "note", value: "WHY", summary: "where it comes from; required" };

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
  ...CONNECT_COMMANDS,
  ...OBSERVE_COMMANDS,
  ...IDENTITY_COMMANDS,
  ...POLICY_COMMANDS,
  ...SET_COMMANDS,
  {
    name: "up owner",
    summary: "a new one-use link for an owner of the server that runs here",
    takes: NOTHING,
    examples: [
      { words: "up owner", does: "whoever opens the link becomes an owner, with a passkey" },
      { words: "up owner --person ada", does: "a new passkey in place of those that this owner lost" },
    ],
    options: [{ name: "person", value: "NAME", summary: "an owner whose passkey is lost" }, DATA, JSON_OUT],
    load: () => import("./commands/up-owner.ts"),
  },
  {
    name: "identity person invite",
    summary: "a one-use link for somebody new, who takes a passkey",
    takes: NOTHING,
    examples: [
      { words: "identity person invite --roles approver --because payments", does: "prints the link" },
      { words: "identity person invite --person bob --because new", does: "a person of the configuration" },
    ],
    options: [
      { name: "roles", value: "LIST", summary: "with commas: approver,auditor" },
      { name: "person", value: "NAME", summary: "somebody of the configuration, with the roles that it gives" },
      { name: "because", value: "WHY", summary: "why; required, and goes to the record" },
      DATA,
      JSON_OUT,
    ],
    load: () => import("./commands/identity-person-invite.ts"),
  },
  {
    name: "identity person list",
    summary: "who may sign in, as what, and with how many passkeys",
    takes: NOTHING,
    examples: [
      { words: "identity person list", does: "a line a person" },
      { words: "identity person list --json", does: "whole, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/identity-person-list.ts"),
  },
  {
    name: "approve",
    summary: "show a call that waits for a person, and agree to it",
    takes: { words: "REFERENCE", min: 1, max: 1 },
    examples: [
      { words: "approve BW-7Q2F3AB", does: "shows the call, then asks for yes" },
      { words: "approve BW-7Q2F3AB --yes", does: "the same, and does not ask" },
    ],
    options: [YES, { name: "print", summary: "only the address of the page where a passkey signs" }, NO_INPUT, DATA],
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
  ...RECORD_COMMANDS,
  ...WITNESS_COMMANDS,
  ...KEEP_COMMANDS,
  ...STORE_COMMANDS,
  {
    name: "prove incident list",
    summary: "the incidents, newest first",
    takes: NOTHING,
    examples: [
      { words: "prove incident list", does: "number, state, severity, since when, what" },
      { words: "prove incident list --json", does: "one JSON object a line" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/prove-incident-list.ts"),
  },
  {
    name: "prove incident show",
    summary: "what is known of one incident, and who said so",
    takes: INCIDENT,
    examples: [
      { words: "prove incident show INC-1", does: "its times, each with who said it" },
      { words: "prove incident show INC-1 --json", does: "the same, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/prove-incident-show.ts"),
  },
  {
    name: "prove incident clocks",
    summary: "what is due by when, or what a clock waits for",
    takes: INCIDENT,
    examples: [
      { words: "prove incident clocks INC-1", does: "what runs first, then what waits" },
      { words: "prove incident clocks INC-1 --explain", does: "each with its derivation" },
    ],
    options: [{ name: "explain", summary: "how each was counted, step by step" }, DATA, JSON_OUT, PLAIN],
    exits: "4 a hard clock is past its strict reading",
    load: () => import("./commands/prove-incident-clocks.ts"),
  },
  {
    name: "prove incident ask",
    summary: "the questions whose answers still decide something",
    takes: INCIDENT,
    examples: [
      { words: "prove incident ask INC-1", does: "fact, duties that hang on it, question" },
      { words: "prove incident ask INC-1 --json", does: "with what each answer would change" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/prove-incident-ask.ts"),
  },
  {
    name: "prove incident answer",
    summary: "say facts of an incident: yes, no, unknown, a value, 120, 10-40, 500+",
    takes: { words: "INCIDENT FACT=VALUE", min: 2, max: 33 },
    examples: [
      { words: "prove incident answer INC-1 risk.people=likely --note dpo", does: "one fact" },
      { words: "prove incident answer INC-1 people(FR)=10-40 --note dpo", does: "how many" },
    ],
    options: [NOTE, DATA],
    load: () => import("./commands/prove-incident-answer.ts"),
  },
  {
    name: "prove incident event",
    summary: "say when something was: awareness, determination, ...",
    takes: { words: "INCIDENT EVENT", min: 2, max: 2 },
    examples: [
      { words: "prove incident event INC-1 awareness --at now --note desk", does: "this moment" },
      {
        words: "prove incident event INC-1 noticing --date 2026-12-05 --note log",
        does: "a day",
      },
    ],
    options: [
      { name: "at", value: "TIME", summary: "now, or RFC 3339 with an offset" },
      { name: "date", value: "DAY", summary: "where only the day is known" },
      { name: "zone", value: "ZONE", summary: "whose day it is; this machine's by default" },
      { name: "supersedes", summary: "takes the place of what was said of this event before" },
      NOTE,
      DATA,
    ],
    load: () => import("./commands/prove-incident-event.ts"),
  },
  {
    name: "prove incident open",
    summary: "open an incident that no sign showed",
    takes: NOTHING,
    examples: [
      { words: "prove incident open --title misdirected-mail --because reported", does: "a person opens it" },
      { words: "prove incident open --title drill --because quarterly --exercise", does: "marked as an exercise" },
    ],
    options: [
      { name: "title", value: "WHAT", summary: "what it is; required" },
      { name: "because", value: "WHY", summary: "how it came to be known; required" },
      { name: "exercise", summary: "nothing that follows from it is real" },
      DATA,
      JSON_OUT,
      PLAIN,
    ],
    load: () => import("./commands/prove-incident-open.ts"),
  },
  {
    name: "prove incident close",
    summary: "close an incident none of whose orders binds",
    takes: INCIDENT,
    examples: [
      { words: "prove incident close INC-1 --because resolved", does: "the reason goes to the record" },
      { words: "prove incident close INC-1 --because exercise-over --json", does: "and what it is then" },
    ],
    options: [{ name: "because", value: "WHY", summary: "why; required" }, DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/prove-incident-close.ts"),
  },
  {
    name: "share preview",
    summary: "what a partner would be told; nothing is sent",
    takes: INCIDENT,
    examples: [
      { words: "share preview INC-1", does: "beside what is known here, with reasons" },
      { words: "share preview INC-1 --json", does: "the STIX bundle, for a program" },
    ],
    options: [DATA, JSON_OUT],
    exits: "3 nothing could be told, with the reasons",
    load: () => import("./commands/share-preview.ts"),
  },
  {
    name: "prove regime list",
    summary: "the duties that the rules know; needs no server",
    takes: { words: "JURISDICTION", min: 0, max: 1 },
    examples: [
      { words: "prove regime list", does: "every row of ./regulations" },
      { words: "prove regime list US-CA --json", does: "those of one jurisdiction, for a program" },
    ],
    options: [RULES, JSON_OUT, PLAIN],
    load: () => import("./commands/prove-regime-list.ts"),
  },
  {
    name: "prove regime show",
    summary: "one duty as a sentence, with citation and state",
    takes: { words: "ROW", min: 1, max: 1 },
    examples: [
      { words: "prove regime show EU-GDPR-33", does: "who must tell whom, by when" },
      { words: "prove regime show US-SEC-8K-105 --json", does: "the same, for a program" },
    ],
    options: [RULES, JSON_OUT, PLAIN],
    load: () => import("./commands/prove-regime-show.ts"),
  },
  {
    name: "prove regime check",
    summary: "what is wrong with the rules of a folder; needs no server",
    takes: { words: "DIR", min: 0, max: 1 },
    examples: [
      { words: "prove regime check", does: "the folder ./regulations" },
      { words: "prove regime check rules --json", does: "another, for an editor" },
    ],
    options: [JSON_OUT, PLAIN],
    exits: "3 a rule must be mended",
    load: () => import("./commands/prove-regime-check.ts"),
  },
  VERIFY_COMMAND,
];
