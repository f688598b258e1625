// SPDX-License-Identifier: Apache-2.0
// The reference of the command, from the table that the command itself reads.
import { COMMON, type Command, type Option } from "../src/cli/command.ts";
import { spelled, usage } from "../src/cli/help.ts";

const EXIT_CODES = `| exit code | means |
| --- | --- |
| 0 | done |
| 1 | failed, or cannot be read |
| 2 | wrong use |
| 3 | done, and the answer is no; or a required check was not run |
| 4 | a promise is broken: a proof, signature or checkpoint fails |
| 5 | not reachable, or not signed in |
| 78 | \`bin/bailiwick.js\`: the Node that runs it is too old |
| 130 | interrupted |
`;

export function cliPage(commands: readonly Command[]): string {
  return [
    "# The command\n",
    "Generated from the table of commands by `npm run gen`. Without a command, `bailiwick` means `bailiwick status`.",
    "Data goes to stdout and everything else to stderr; errors are three lines: what, how to mend it, the code",
    '([all codes](errors.md)). With `--json` they are `{"error": {...}}` on stderr.\n',
    EXIT_CODES,
    ...commands.map(section),
  ].join("\n");
}

function section(command: Command): string {
  const { summary, examples, options, exits } = command;
  return [
    `## ${usage(command)}\n`,
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.\n`,
    `\`\`\`sh\n${examples.map(({ words, does }) => `npx bailiwick ${words}   # ${does}`).join("\n")}\n\`\`\`\n`,
    `| option | does |\n| --- | --- |\n${[...options, ...COMMON].map(row).join("\n")}\n`,
    ...(exits === undefined ? [] : [`Exit codes: ${exits}.\n`]),
  ].join("\n");
}

function row(option: Option): string {
  return `| \`${spelled(option)}\` | ${option.summary} |`;
}
