// SPDX-License-Identifier: Apache-2.0
// The command that needs no server: it stands apart because it is also a program of its own.
import type { Command } from "./command.ts";
import { JSON_OUT, PLAIN } from "./options.ts";

export const VERIFY_COMMAND: Command = {
  name: "verify",
  summary: "check a log, export or proof offline; trusts only your policy file",
  takes: { words: "FOLDER|ZIP|PROOF|CHECKPOINT...", min: 1, max: Number.POSITIVE_INFINITY },
  examples: [
    { words: "verify data/record --policy trust.policy", does: "every entry of every log in the folder" },
    { words: "verify entry.tlog-proof --policy trust.policy", does: "one entry, by its proof" },
  ],
  options: [
    { name: "policy", value: "FILE", summary: "whom to trust: a policy file that you had before" },
    { name: "older", value: "FILE", summary: "a checkpoint of before, which the logs must go on from" },
    { name: "openings", value: "FILE", summary: "what entries committed to, as record open wrote it" },
    { name: "max-age", value: "TIME", summary: "how old signatures may be: 90s, 10m, 1h, 7d" },
    JSON_OUT,
    PLAIN,
  ],
  exits: "1 cannot be read · 3 a required check was not run · 4 a check failed",
  load: () => import("./commands/verify.ts"),
};
