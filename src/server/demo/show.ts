// SPDX-License-Identifier: Apache-2.0
// The story as text: at most 100 columns, colour only where the terminal has it, and never colour alone.
import type { Step } from "./story.ts";
import type { Tail } from "./tail.ts";

const STYLES: Readonly<Record<string, string>> = {
  allow: "\u001b[32m",
  log: "\u001b[36m",
  limit: "\u001b[34m",
  challenge: "\u001b[33m",
  deny: "\u001b[31m",
  contain: "\u001b[31m",
};
const RESET = "\u001b[0m";

/** One step: number, answer, verb, resource, the rule that spoke, time; what to look at below. */
export function stepLines(
  index: number | "p",
  step: Step,
  how: { readonly color: boolean; readonly bundle: string },
): string {
  const answer = step.answer.padEnd(9);
  const style = how.color ? STYLES[step.answer] : undefined;
  const said = style === undefined ? answer : `${style}${answer}${RESET}`;
  const isPlain = step.answer === "allow" || step.contain !== undefined;
  const why = isPlain ? step.reason : "";
  const head = `  ${index}  ${said}  ${step.verb.padEnd(7)}  ${step.resource.padEnd(30)} ${why.padEnd(24)} ${String(step.ms).padStart(5)} ms`;
  const details = [
    ...(isPlain ? [] : step.rules.map((rule) => `rule       ${how.bundle}/${rule}`)),
    ...step.look.map((line) => `look       ${line}`),
  ];
  return [head, ...details.map((line) => `     ${line}`)].join("\n");
}

export interface Told {
  readonly steps: readonly Step[];
  readonly recordVerified: boolean;
  readonly dir: string;
  readonly tail: Pick<Tail, "incident" | "clocks">;
}

/** The one line of JSON that ends `--json`. */
export function jsonLine({ steps, recordVerified, dir: dataDir, tail }: Told): string {
  const told = steps.map(({ verb, resource, answer, reason, ms }) => ({ verb, resource, answer, reason, ms }));
  const contain = steps.at(-1)?.contain;
  const stopped = contain === undefined ? {} : { contain };
  return JSON.stringify({
    name: "story",
    steps: told,
    ...stopped,
    incident: tail.incident,
    clocks: tail.clocks,
    recordVerified,
    dataDir,
  });
}
