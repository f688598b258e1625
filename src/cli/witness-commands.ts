// SPDX-License-Identifier: Apache-2.0
// The commands of witnesses: whose keys are whose, who must cosign, and what became of it.
import type { Command, Option } from "./command.ts";
import { DATA, JSON_OUT, NOTHING, PLAIN } from "./options.ts";

const NEED: Option = { name: "need", value: "K", summary: "how many organisations must cosign (all of them)" };

export const WITNESS_COMMANDS: readonly Command[] = [
  {
    name: "record keys",
    summary: "the public keys of the log and of its witness, for partners",
    takes: NOTHING,
    examples: [
      { words: "record keys", does: "a tlog-policy file: give it to partners as it is" },
      { words: "record keys --json", does: "for a program" },
    ],
    options: [DATA, JSON_OUT],
    load: () => import("./commands/record-keys.ts"),
  },
  {
    name: "record witness status",
    summary: "who cosigns this log, whose logs are cosigned here, and who of them lied",
    takes: NOTHING,
    examples: [
      { words: "record witness status", does: "each witness with what it said last" },
      { words: "record witness status --json", does: "with both notes of each lie" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    exits: "3 too few cosign, or a log that lied is not cleared",
    load: () => import("./commands/record-witness-status.ts"),
  },
  {
    name: "record witness policy",
    summary: "write a policy of these organisations, from the keys that each gave",
    takes: { words: "ORGANISATION=FILE...", min: 1, max: 32 },
    examples: [
      { words: "record witness policy north=north.keys south=south.keys --need 1", does: "any one of two" },
      { words: "record witness policy north=north.keys --own own.keys", does: "with the log's own keys" },
    ],
    options: [NEED, { name: "own", value: "FILE", summary: "keys of the log itself, and of its own witness" }],
    load: () => import("./commands/record-witness-policy.ts"),
  },
  {
    name: "record witness add",
    summary: "put organisations into a policy, or their new keys",
    takes: { words: "ORGANISATION=FILE...", min: 1, max: 32 },
    examples: [
      { words: "record witness add east=east.keys --policy witnesses.policy", does: "one more may cosign" },
      { words: "record witness add east=east.keys --policy w.policy --need 2", does: "and two must" },
    ],
    options: [
      { name: "policy", value: "FILE", summary: "the policy, which is written anew; required" },
      { name: "need", value: "K", summary: "how many organisations must cosign (as before)" },
    ],
    load: () => import("./commands/record-witness-add.ts"),
  },
  {
    name: "record witness clear",
    summary: "say that a log that lied may be cosigned again; two people must",
    takes: { words: "LIE", min: 1, max: 1 },
    examples: [
      { words: "record witness clear 6d7cbf40ad45aa01 --because explained", does: "the reason is kept" },
      { words: "record witness clear 6d7cbf40ad45aa01 --because ok --json", does: "for a program" },
    ],
    options: [
      { name: "because", value: "WHY", summary: "why it may; required, and goes to the record" },
      DATA,
      JSON_OUT,
    ],
    exits: "3 another person is needed, or the server says no",
    load: () => import("./commands/record-witness-clear.ts"),
  },
];
