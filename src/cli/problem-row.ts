// SPDX-License-Identifier: Apache-2.0
// A problem of a policy file in words: where, what, how to mend it.
import type { Row } from "./table.ts";

interface FileProblem {
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly fix?: string;
  readonly blocking: boolean;
}

export function problemRows(problems: readonly FileProblem[]): readonly Row[] {
  return problems.flatMap(({ code, file, line, column, text, fix, blocking }): readonly Row[] => {
    const place = line === 0 ? file : `${file}:${line}:${column}`;
    const word = blocking
      ? ({ text: "error", style: "red" } as const)
      : ({ text: "warning", style: "yellow" } as const);
    return [[word, `${place} ${text} (${code})`], ...(fix === undefined ? [] : [["fix", fix]])];
  });
}
