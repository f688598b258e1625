// SPDX-License-Identifier: Apache-2.0
// The part of the table of commands about the way from observe to enforce.
import type { Command, Option } from "./command.ts";
import { DATA, JSON_OUT, PLAIN } from "./options.ts";

const BECAUSE: Option = { name: "because", value: "WHY", summary: "why; required, and goes to the record" };

export const OBSERVE_COMMANDS: readonly Command[] = [
  {
    name: "policy observe",
    summary: "what enforcing would have done to what was observed, and what would settle it",
    takes: { words: "", min: 0, max: 0 },
    examples: [
      { words: "policy observe", does: "all servers, as far back as the record is read" },
      { words: "policy observe --server files --since 7d", does: "one server, the last week" },
    ],
    options: [
      { name: "server", value: "SERVER", summary: "only this one" },
      { name: "since", value: "TIME", summary: "90m, 24h, 7d, or RFC 3339 in UTC" },
      DATA,
      JSON_OUT,
      PLAIN,
    ],
    load: () => import("./commands/policy-observe.ts"),
  },
  {
    name: "policy observe enforce",
    summary: "enforce a server, or a share of its tasks, from the next call on",
    takes: { words: "SERVER", min: 1, max: 1 },
    examples: [
      { words: "policy observe enforce files --percent 10 --because looks-well", does: "one task in ten" },
      { words: "policy observe enforce files --because a-quiet-week", does: "all of it" },
    ],
    options: [
      { name: "percent", value: "N", summary: "share of its tasks, 1 to 100 (100)" },
      BECAUSE,
      DATA,
      JSON_OUT,
      PLAIN,
    ],
    exits: "3 the server says no",
    load: () => import("./commands/policy-observe-enforce.ts"),
  },
  {
    name: "policy observe resume",
    summary: "observe a server again, until the day that it had from the beginning",
    takes: { words: "SERVER", min: 1, max: 1 },
    examples: [
      { words: "policy observe resume files --because it-stopped-the-desk", does: "nothing of it is enforced" },
      { words: "policy observe resume files --because oops --json", does: "for a program" },
    ],
    options: [BECAUSE, DATA, JSON_OUT, PLAIN],
    exits: "3 its time to be observed is over, or it never was",
    load: () => import("./commands/policy-observe-resume.ts"),
  },
];
