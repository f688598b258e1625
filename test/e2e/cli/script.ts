// SPDX-License-Identifier: Apache-2.0
// Terminal scripts: a command and what it must say, as a person would see it.
//
//   # the sentence that the test is called by
//   with server            (a control API on loopback, known in ./data)
//   with log               (a small signed log in ./main-1, trusted by ./trust.policy)
//   with rules             (a few of the rules that come with the source, in ./regulations)
//   terminal 60            (steps run on a terminal of so many columns: both streams are one)
//   env NO_COLOR=1
//   change main-1/checkpoint   (one bit of a file)
//   $ bailiwick status     a step; its lines follow
//   > a line of stdout     `<name>` stands for any text, `...` alone for any lines
//   ! a line of stderr
//   < yes                  what is typed on the terminal once it asks, with its echo in stdout
//   = 3                    the exit code, 0 where it is left out

export interface Step {
  readonly words: string;
  readonly out: readonly string[];
  readonly err: readonly string[];
  readonly code: number;
  /** What is typed, where there is a terminal. */
  readonly typed: string | undefined;
  /** What `change` lines before it name. */
  readonly changes: readonly string[];
}

export interface Script {
  readonly title: string;
  readonly server: boolean;
  readonly log: boolean;
  readonly rules: boolean;
  /** Columns of the terminal; `undefined` for pipes. */
  readonly terminal: number | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** @throws Error naming the line that is none of a script */
export function parseScript(text: string): Script {
  const script = {
    title: "",
    server: false,
    log: false,
    rules: false,
    terminal: undefined as number | undefined,
    env: {} as Record<string, string>,
    steps: [] as {
      words: string;
      out: string[];
      err: string[];
      code: number;
      typed: string | undefined;
      changes: string[];
    }[],
  };
  let changes: string[] = [];
  const marks: Readonly<Record<string, (rest: string) => unknown>> = {
    "#": (rest) => (script.title ||= rest),
    with: (rest) => {
      if (rest !== "server" && rest !== "log" && rest !== "rules") throw new Error(`a script is with ${rest}`);
      script[rest] = true;
    },
    terminal: (rest) => (script.terminal = Number(rest)),
    env: (rest) => (script.env[rest.slice(0, rest.indexOf("="))] = rest.slice(rest.indexOf("=") + 1)),
    change: (rest) => changes.push(rest),
    $: (words) => {
      script.steps.push({ words, out: [], err: [], code: 0, typed: undefined, changes });
      changes = [];
    },
    ">": (rest) => script.steps.at(-1)?.out.push(rest),
    "!": (rest) => script.steps.at(-1)?.err.push(rest),
    "<": (rest) => Object.assign(script.steps.at(-1) ?? {}, { typed: rest }),
    "=": (rest) => Object.assign(script.steps.at(-1) ?? {}, { code: Number(rest) }),
  };
  for (const [i, line] of text.trimEnd().split("\n").entries()) {
    if (line === "") continue;
    const [mark = "", rest = ""] = line.split(/ (.*)/);
    const take = marks[mark];
    if (take === undefined) throw new Error(`line ${i + 1} of a script: ${line}`);
    take(rest);
  }
  return script;
}

/** Matches a text that is these lines, each whole. */
export function matcher(lines: readonly string[]): RegExp {
  return new RegExp(`^${lines.map((line) => (line === "..." ? "(?:.*\\n)*?" : pattern(line))).join("")}$`);
}

function pattern(line: string): string {
  const pieces = line.split(/<[a-z -]+>/).map(escape);
  return `${pieces.join(".+?")}\\n`;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
