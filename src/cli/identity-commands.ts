// SPDX-License-Identifier: Apache-2.0
// The part of the table of commands about identities and what they may do.
import type { Command, Option } from "./command.ts";
import { DATA, JSON_OUT, NO_INPUT, NOTHING, PLAIN, YES } from "./options.ts";

const BECAUSE: Option = { name: "because", value: "WHY", summary: "why; required, and goes to the record" };
const ID: Command["takes"] = { words: "ID", min: 1, max: 1 };
const MANDATE: Command["takes"] = { words: "MANDATE", min: 1, max: 1 };
const HELPER = "spiffe://office/agent/bot";

export const IDENTITY_COMMANDS: readonly Command[] = [
  {
    name: "identity list",
    summary: "who is here, in which state, and who answers for it",
    takes: NOTHING,
    examples: [
      { words: "identity list", does: "people, agents and everybody else" },
      { words: "identity list --json", does: "one JSON object a line" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/identity-list.ts"),
  },
  {
    name: "identity show",
    summary: "one identity, its instances and its open mandates",
    takes: ID,
    examples: [
      { words: `identity show ${HELPER}`, does: "and when each instance was seen" },
      { words: `identity show ${HELPER} --json`, does: "for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/identity-show.ts"),
  },
  {
    name: "identity add",
    summary: "a new agent, for which the owner of this host answers",
    takes: { words: "NAME", min: 1, max: 1 },
    examples: [
      { words: "identity add bot --purpose mail --jurisdiction FR --because x", does: "may do nothing yet" },
      { words: "identity add bot --blueprint mail-bot --because y", does: "of a kind" },
    ],
    options: [
      { name: "purpose", value: "WHAT", summary: "what it is for; required" },
      { name: "jurisdiction", value: "PLACE", summary: "where it acts, such as FR; required" },
      { name: "environment", value: "WORD", summary: "main" },
      { name: "blueprint", value: "NAME", summary: "what it is; policies name it" },
      BECAUSE,
      DATA,
      JSON_OUT,
    ],
    load: () => import("./commands/identity-add.ts"),
  },
  {
    name: "identity enrol",
    summary: "a ticket for one more instance, good for one key and ten minutes",
    takes: ID,
    examples: [
      { words: `identity enrol ${HELPER} --because new-desk`, does: "prints a secret" },
      { words: `identity enrol ${HELPER} --because ci`, does: "another server" },
    ],
    options: [BECAUSE, DATA],
    load: () => import("./commands/identity-enrol.ts"),
  },
  ...(["suspend", "resume"] as const).map(
    (move): Command => ({
      name: `identity ${move}`,
      summary:
        move === "suspend"
          ? "stop an identity: its tokens and the mandates that it opened end now"
          : "let an identity act again that another person suspended",
      takes: ID,
      examples: [
        { words: `identity ${move} ${HELPER} --because odd`, does: "the reason goes to the record" },
        { words: `identity ${move} ${HELPER} --because ok --json`, does: "for a program" },
      ],
      options: [BECAUSE, DATA, JSON_OUT, PLAIN],
      load: async () => (await import("./commands/identity-move.ts")).moving(move),
    }),
  ),
  {
    name: "identity retire",
    summary: "end an identity, or one instance and its key, for ever",
    takes: ID,
    examples: [
      { words: `identity retire ${HELPER}/desk-1 --because lost`, does: "one key" },
      { words: `identity retire ${HELPER} --because gone --yes`, does: "all of it" },
    ],
    options: [BECAUSE, YES, NO_INPUT, DATA, JSON_OUT, PLAIN],
    exits: "3 nobody confirmed, or the server says no",
    load: async () => (await import("./commands/identity-move.ts")).moving("retire"),
  },
  {
    name: "identity revoke",
    summary: "take one token away, from now on",
    takes: { words: "JTI", min: 1, max: 1 },
    examples: [
      { words: "identity revoke 019f2d61-0f5c-7d7c --because leaked", does: "by its id" },
      { words: "identity revoke 019f2d61-0f5c-7d7c --because leaked --json", does: "for a program" },
    ],
    options: [BECAUSE, DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/identity-revoke.ts"),
  },
  {
    name: "identity mandate open",
    summary: "let an agent do something, in the name of the owner of this host",
    takes: ID,
    examples: [
      {
        words: "identity mandate open spiffe://office/agent/bot --because asked",
        does: "and the rest",
      },
      { words: "identity mandate open --help", does: "every limit" },
    ],
    options: [
      { name: "request", value: "WORDS", summary: "what for; its values may decide arguments; required" },
      { name: "servers", value: "LIST", summary: "servers or places: files,files/reports; required" },
      { name: "verbs", value: "LIST", summary: "view,execute,share (view)" },
      { name: "label", value: "LEVEL", summary: "data up to this level (internal)" },
      { name: "jurisdictions", value: "LIST", summary: "FR,US; required" },
      { name: "purpose", value: "WORDS", summary: "dotted words; required" },
      { name: "hours", value: "N", summary: "how long (8)" },
      BECAUSE,
      DATA,
      JSON_OUT,
    ],
    load: async () => (await import("./commands/identity-mandate.ts")).open,
  },
  {
    name: "identity mandate show",
    summary: "one mandate, and whether it is open",
    takes: MANDATE,
    examples: [
      { words: "identity mandate show 019f2d61-0f5c-7d7c", does: "verbs, places, until when" },
      { words: "identity mandate show 019f2d61-0f5c-7d7c --json", does: "for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: async () => (await import("./commands/identity-mandate.ts")).show,
  },
  {
    name: "identity mandate close",
    summary: "end a mandate and everything under its task",
    takes: MANDATE,
    examples: [
      { words: "identity mandate close 019f2d61-0f5c-7d7c --because done", does: "from now on" },
      { words: "identity mandate close 019f2d61-0f5c-7d7c --because done --json", does: "for a program" },
    ],
    options: [BECAUSE, DATA, JSON_OUT, PLAIN],
    load: async () => (await import("./commands/identity-mandate.ts")).close,
  },
  {
    name: "identity pairing list",
    summary: "programs that wait for a person, and where one confirms them",
    takes: NOTHING,
    examples: [
      { words: "identity pairing list", does: "who asks, with which key" },
      { words: "identity pairing list --json", does: "one JSON object a line" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/identity-pairing-list.ts"),
  },
];
