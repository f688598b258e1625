// SPDX-License-Identifier: Apache-2.0
// The part of the table of commands about agents: how they get to the gate.
import type { Command } from "./command.ts";
import { DATA } from "./options.ts";

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
      { name: "key", value: "FILE", summary: "private JWK of this instance, 0600" },
      { name: "instance", value: "ID", summary: "whose key it is" },
      { name: "listen", summary: "over HTTP instead of stdio, on loopback" },
      { name: "port", value: "N", summary: "port to listen on (a free one)" },
      DATA,
    ],
    load: () => import("./commands/connect.ts"),
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
];
