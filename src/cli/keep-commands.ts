// SPDX-License-Identifier: Apache-2.0
// The commands of keeping and erasing: legal holds, the erasing of a person, and openings of what entries commit to.
import type { Command, Option } from "./command.ts";
import { DATA, JSON_OUT, NOTHING, PLAIN } from "./options.ts";

const BECAUSE: Option = { name: "because", value: "WHY", summary: "why; required, and goes to the record" };
const COMMON: readonly Option[] = [DATA, JSON_OUT, PLAIN];

export const KEEP_COMMANDS: readonly Command[] = [
  {
    name: "record open",
    summary: "what lets somebody check what one entry commits to",
    takes: { words: "KEY", min: 1, max: 1 },
    examples: [
      { words: "record open BW-7Q2F3AB", does: "JSON for verify --openings, once contents are put in" },
      { words: "record open 17 --args args.json", does: "with the arguments, where these are they" },
    ],
    options: [
      { name: "args", value: "FILE", summary: "the arguments as they were forwarded, canonical JSON" },
      { name: "result", value: "FILE", summary: "what came back, canonical JSON" },
      { name: "because", value: "WHY", summary: "why; goes to the record" },
      DATA,
    ],
    exits: "3 a content is not what was committed to, or the server says no",
    load: () => import("./commands/record-open.ts"),
  },
  {
    name: "record hold",
    summary: "let nothing be erased of a person or a time; at once",
    takes: NOTHING,
    examples: [
      { words: "record hold --person ada --because case-17", does: "nothing of hers is erased" },
      { words: "record hold --from 2026-11-01 --to 2026-12-01 --because audit", does: "nothing of November" },
    ],
    options: [
      { name: "person", value: "PERSON", summary: "name or id (everybody)" },
      { name: "from", value: "TIME", summary: "day or RFC 3339 in UTC (the first entry)" },
      { name: "to", value: "TIME", summary: "the first instant that is not held (without end)" },
      { name: "until", value: "TIME", summary: "when the hold ends by itself (never)" },
      BECAUSE,
      ...COMMON,
    ],
    exits: "3 the server says no",
    load: () => import("./commands/record-hold.ts"),
  },
  {
    name: "record holds",
    summary: "what is held, by whom and why",
    takes: NOTHING,
    examples: [
      { words: "record holds", does: "oldest first, those that ended too" },
      { words: "record holds --json", does: "one JSON object a line" },
    ],
    options: COMMON,
    load: () => import("./commands/record-holds.ts"),
  },
  {
    name: "record unhold",
    summary: "ask for a hold to be lifted; a second person signs",
    takes: { words: "HOLD", min: 1, max: 1 },
    examples: [
      { words: "record unhold 0190b5a2 --because closed", does: "by a beginning of its id" },
      { words: "record unhold 0190b5a2 --because closed --json", does: "for a program" },
    ],
    options: [BECAUSE, ...COMMON],
    exits: "3 the server says no",
    load: () => import("./commands/record-unhold.ts"),
  },
  {
    name: "record erase",
    summary: "ask for a person to be erased; a second person signs",
    takes: { words: "PERSON", min: 1, max: 1 },
    examples: [
      { words: "record erase ada --because asked-for", does: "name, passkeys and key go; proofs and counts stay" },
      { words: "record erase ada --because asked-for --json", does: "for a program" },
    ],
    options: [BECAUSE, ...COMMON],
    exits: "3 a hold is in the way, or the server says no",
    load: () => import("./commands/record-erase.ts"),
  },
  {
    name: "record erasures",
    summary: "who is to be erased, who was, and what it waits for",
    takes: NOTHING,
    examples: [
      { words: "record erasures", does: "oldest first" },
      { words: "record erasures --json", does: "one JSON object a line" },
    ],
    options: COMMON,
    load: () => import("./commands/record-erasures.ts"),
  },
];
