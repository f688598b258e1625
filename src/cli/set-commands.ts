// SPDX-License-Identifier: Apache-2.0
// The part of the table of commands about the life of policy sets: published, agreed to, released, taken back.
import type { Command, Option } from "./command.ts";
import { DATA, JSON_OUT, PLAIN } from "./options.ts";

const BECAUSE: Option = { name: "because", value: "WHY", summary: "why; required, and goes to the record" };
const COMMON: readonly Option[] = [BECAUSE, DATA, JSON_OUT, PLAIN];
const RELEASE: Command["takes"] = { words: "RELEASE", min: 1, max: 1 };
const NO = "3 the server says no";

export const SET_COMMANDS: readonly Command[] = [
  {
    name: "policy publish",
    summary: "hand a policy set to the server; it binds nobody yet",
    takes: { words: "DIR", min: 0, max: 1 },
    examples: [
      { words: "policy publish --because invoices-too", does: "the folder ./policies" },
      { words: "policy publish rules --because less --json", does: "another folder, for a program" },
    ],
    options: COMMON,
    exits: "3 something in it must be mended, or the server says no",
    load: () => import("./commands/policy-publish.ts"),
  },
  {
    name: "policy approve",
    summary: "what a set or a release changes, and where a second person signs it",
    takes: { words: "DIGEST", min: 1, max: 1 },
    examples: [
      { words: "policy approve 3f9c2ab1", does: "a set, by a beginning of its digest" },
      { words: "policy approve 0190b5a2 --json", does: "a release, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    exits: "3 it still waits for somebody to sign",
    load: () => import("./commands/policy-approve.ts"),
  },
  {
    name: "policy rollout",
    summary: "release a set: to whom, how much of them, and until when",
    takes: { words: "DIGEST", min: 1, max: 1 },
    examples: [
      { words: "policy rollout 3f9c2ab1 --percent 10 --because try", does: "one in ten; again with 50: five" },
      { words: "policy rollout 3f9c2ab1 --mode shadow --because look", does: "judges along, and binds nobody" },
    ],
    options: [
      { name: "mode", value: "MODE", summary: "enforce, shadow or observe (enforce)" },
      {
        name: "scope",
        value: "FACTS",
        summary: "kind=agent,server=files (everybody)",
      },
      { name: "percent", value: "N", summary: "share of the identities in its scope, 1 to 100 (100)" },
      { name: "from", value: "TIME", summary: "RFC 3339 in UTC (now)" },
      { name: "until", value: "TIME", summary: "7d, 12h or RFC 3339 in UTC (for good)" },
      {
        name: "pause-if",
        value: "RATES",
        summary: "deny=0.1: so much above all others pauses it",
      },
      ...COMMON,
    ],
    exits: NO,
    load: () => import("./commands/policy-rollout.ts"),
  },
  {
    name: "policy pause",
    summary: "take a release out of force for a while; another person has to agree within a day",
    takes: RELEASE,
    examples: [
      { words: "policy pause 0190b5a2 --because it-stops-the-desk", does: "what lies under it binds at once" },
      { words: "policy pause 0190b5a2 --because odd --json", does: "for a program" },
    ],
    options: COMMON,
    exits: NO,
    load: () => import("./commands/policy-pause.ts"),
  },
  {
    name: "policy resume",
    summary: "put a paused release in force again",
    takes: RELEASE,
    examples: [
      { words: "policy resume 0190b5a2 --because mended", does: "under the rules by which it was rolled out" },
      { words: "policy resume 0190b5a2 --because mended --json", does: "for a program" },
    ],
    options: COMMON,
    exits: NO,
    load: () => import("./commands/policy-resume.ts"),
  },
  {
    name: "policy rollback",
    summary: "take a release back at once; another person has to agree within a day",
    takes: RELEASE,
    examples: [
      { words: "policy rollback 0190b5a2 --because wrong", does: "what it took the place of binds again" },
      { words: "policy rollback 0190b5a2 --to 3f9c2ab1 --because wrong", does: "a set that bound before" },
    ],
    options: [{ name: "to", value: "DIGEST", summary: "a set that bound somebody before" }, ...COMMON],
    exits: NO,
    load: () => import("./commands/policy-rollback.ts"),
  },
  {
    name: "policy status",
    summary: "which rules bind whom, since when, and who agreed",
    takes: { words: "", min: 0, max: 0 },
    examples: [
      { words: "policy status", does: "sets and releases, the newest first" },
      { words: "policy status --json", does: "whole, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/policy-status.ts"),
  },
];
