// SPDX-License-Identifier: Apache-2.0
// The part of the table of commands about agents: how they get to the gate.
import type { Command } from "./command.ts";
import { DATA, JSON_OUT, NO_INPUT, NOTHING, PLAIN, YES } from "./options.ts";

export const CONNECT_COMMANDS: readonly Command[] = [
  {
    name: "connect",
    summary: "a server behind the gate, as a plain MCP server for any client",
    takes: { words: "SERVER", min: 1, max: 1 },
    examples: [
      { words: "connect files", does: "over stdio: what a client has as its command" },
      { words: "connect files --listen", does: "over HTTP on this machine; prints the URL" },
    ],
    options: [
      { name: "gate", value: "URL", summary: "where the gate is (the data folder's address)" },
      { name: "key", value: "FILE", summary: "private JWK, 0600 (one that is made at the first use)" },
      { name: "instance", value: "ID", summary: "whose key it is, where it is registered already" },
      { name: "ticket", value: "FILE", summary: "enrol the key by this ticket, not by a person" },
      { name: "blueprint", value: "NAME", summary: "what the program is, for policies (desktop-client)" },
      { name: "ephemeral", summary: "a key that is forgotten at the end" },
      { name: "listen", summary: "over HTTP instead of stdio, on loopback" },
      { name: "port", value: "N", summary: "port to listen on (a free one)" },
      DATA,
    ],
    load: () => import("./commands/connect.ts"),
  },
  {
    name: "connect add",
    summary: "put an MCP server behind the gate, at once",
    takes: { words: "NAME [-- PROGRAM...]", min: 1, max: Number.POSITIVE_INFINITY },
    examples: [
      { words: "connect add crm -- node crm.js", does: "and prints what a client is told" },
      { words: "connect add crm --url https://crm.example/mcp", does: "over HTTP" },
    ],
    options: [
      { name: "url", value: "URL", summary: "its MCP endpoint, in place of a program" },
      { name: "private", summary: "the URL may lead to this host or a private network" },
      { name: "operator", value: "WHO", summary: "who runs it (unknown)" },
      { name: "jurisdiction", value: "PLACE", summary: "whose law it is under, such as FR (ZZ: nobody said)" },
      { name: "destination", value: "KIND", summary: "internal, partner or external (external)" },
      { name: "folder", value: "DIR", summary: "the folder that its path arguments name files in" },
      { name: "client", value: "FILE", summary: "write the client's entry into its JSON file, too" },
      { name: "dry-run", summary: "ask it for its tools, show what would be written, write nothing" },
      DATA,
      JSON_OUT,
    ],
    load: () => import("./commands/connect-add.ts"),
  },
  {
    name: "connect list",
    summary: "the servers behind the gate",
    takes: NOTHING,
    examples: [
      { words: "connect list", does: "how many tools of each can be used, who runs it, where" },
      { words: "connect list --json", does: "one JSON object a line" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/connect-list.ts"),
  },
  {
    name: "connect probe",
    summary: "what a server lists now, against what was accepted",
    takes: { words: "NAME", min: 1, max: 1 },
    examples: [
      { words: "connect probe crm", does: "asks it in a child of its own, and calls nothing" },
      { words: "connect probe crm --json", does: "for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    exits: "3 a tool changed",
    load: () => import("./commands/connect-probe.ts"),
  },
  {
    name: "connect remove",
    summary: "take a server from behind the gate",
    takes: { words: "NAME", min: 1, max: 1 },
    examples: [
      { words: "connect remove crm", does: "asks for its name first" },
      { words: "connect remove crm --yes --because replaced", does: "the reason goes to the record" },
    ],
    options: [{ name: "because", value: "WHY", summary: "why; needed with --yes" }, YES, NO_INPUT, DATA, JSON_OUT],
    exits: "3 nobody confirmed",
    load: () => import("./commands/connect-remove.ts"),
  },
  {
    name: "connect manifest draft",
    summary: "a first manifest of an MCP server, for a person to read",
    takes: { words: "SERVER -- PROGRAM...", min: 2, max: Number.POSITIVE_INFINITY },
    examples: [
      { words: "connect manifest draft crm -- node crm.js", does: "to stdout" },
      { words: "connect manifest draft crm -- npx -y crm-mcp > crm.yaml", does: "to a file" },
    ],
    options: [],
    load: () => import("./commands/connect-manifest-draft.ts"),
  },
  {
    name: "connect manifest diff",
    summary: "what a manifest says, against what is in force and what its server says",
    takes: { words: "SERVER", min: 1, max: 1 },
    examples: [
      { words: "connect manifest diff crm", does: "file: against what is in force; server: strangers" },
      { words: "connect manifest diff crm --json", does: "for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    exits: "3 it is not in force as it stands, or the server says otherwise",
    load: () => import("./commands/connect-manifest-diff.ts"),
  },
  {
    name: "connect manifest approve",
    summary: "put a manifest in force, as it was read",
    takes: { words: "SERVER", min: 1, max: 1 },
    examples: [
      { words: "connect manifest approve crm", does: "shows what would change, then asks" },
      { words: "connect manifest approve crm --yes --because read", does: "does not ask" },
    ],
    options: [{ name: "because", value: "WHY", summary: "why; needed with --yes" }, YES, NO_INPUT, DATA, JSON_OUT],
    exits: "3 nobody agreed, it is a draft, or the server says no",
    load: () => import("./commands/connect-manifest-approve.ts"),
  },
  {
    name: "connect pin show",
    summary: "what tools said when they were accepted, and what is different",
    takes: { words: "SERVER", min: 0, max: 1 },
    examples: [
      { words: "connect pin show", does: "of every server" },
      { words: "connect pin show crm --json", does: "of one, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    exits: "3 a tool is not what was accepted",
    load: () => import("./commands/connect-pin-show.ts"),
  },
  {
    name: "connect pin accept",
    summary: "a tool is what it says now",
    takes: { words: "SERVER/TOOL", min: 1, max: 1 },
    examples: [
      { words: "connect pin accept crm/find --because upgraded", does: "the reason is kept" },
      { words: "connect pin accept crm/find --because read --json", does: "for a program" },
    ],
    options: [{ name: "because", value: "WHY", summary: "why; required" }, DATA, JSON_OUT],
    exits: "3 it is what was accepted, or the server says no",
    load: () => import("./commands/connect-pin-accept.ts"),
  },
];
