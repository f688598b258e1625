// SPDX-License-Identifier: Apache-2.0
// The commands on rules, part of the one table in `commands.ts`.
import type { Command } from "./command.ts";
import { DATA, JSON_OUT, PLAIN } from "./options.ts";

export const POLICY_COMMANDS: readonly Command[] = [
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
    name: "policy fmt",
    summary: "put the rules of a folder into the one form; needs no server",
    takes: { words: "DIR", min: 0, max: 1 },
    examples: [
      { words: "policy fmt", does: "the folder ./policies" },
      { words: "policy fmt policies/demo --check", does: "only say which files are not in it" },
    ],
    options: [{ name: "check", summary: "write nothing" }, JSON_OUT, PLAIN],
    exits: "3 with --check: a file is not in it; or a file cannot be read",
    load: () => import("./commands/policy-fmt.ts"),
  },
  {
    name: "policy replay",
    summary: "what past calls would have been answered by other rules",
    takes: { words: "WINDOW", min: 1, max: 1 },
    examples: [
      { words: "policy replay 7d --candidate ./mine", does: "the last week, by the rules in ./mine; needs no server" },
      { words: "policy replay all --candidate ./mine --state replay.json", does: "can be stopped, and goes on" },
    ],
    options: [
      {
        name: "candidate",
        value: "DIR|DIGEST",
        summary: "the folder of a set, or the digest of one that the server knows",
      },
      { name: "state", value: "FILE", summary: "keep what was found here, and go on from it" },
      DATA,
      JSON_OUT,
      PLAIN,
    ],
    exits: "3 something would be answered otherwise, or nobody can tell; 4 the same set answered otherwise than it did",
    load: () => import("./commands/policy-replay.ts"),
  },
  {
    name: "policy ask",
    summary: "why a case is answered so, and what would change it; needs no server",
    takes: { words: "DIR", min: 0, max: 1 },
    examples: [
      { words: "policy ask policies/demo --case payment", does: "cases with this in their name" },
      { words: "policy ask --case late --change auth.age", does: "also: would another age do?" },
    ],
    options: [
      { name: "case", value: "TEXT", summary: "cases whose name holds this; all without it" },
      { name: "change", value: "PATHS", summary: "members of the context that the asker may change, with commas" },
      JSON_OUT,
      PLAIN,
    ],
    load: () => import("./commands/policy-ask.ts"),
  },
  {
    name: "policy diff",
    summary: "rules that differ, and a question that tells the sets apart; needs no server",
    takes: { words: "BEFORE AFTER", min: 2, max: 2 },
    examples: [
      { words: "policy diff policies/demo ./mine", does: "what the second would answer otherwise" },
      { words: "policy diff old new --tries 200000", does: "a longer search" },
    ],
    options: [
      { name: "tries", value: "N", summary: "questions that are drawn (20000)" },
      { name: "seed", value: "N", summary: "the same seed draws the same questions (1)" },
      JSON_OUT,
      PLAIN,
    ],
    exits: "3 they differ",
    load: () => import("./commands/policy-diff.ts"),
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
];
