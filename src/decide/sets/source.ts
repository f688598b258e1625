// SPDX-License-Identifier: Apache-2.0
// The files of a bundle, and where something stands in one of them.
import type { Problem } from "../../core/index.ts";

/** One file of a bundle. */
export interface SourceFile {
  /** Path inside the bundle, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Where each line begins. */
  readonly lines: readonly number[];
}

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, lines: [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)] };
}

/** What a problem says, apart from where. Blocking unless it says otherwise. */
export type Complaint = Pick<Problem, "code" | "text"> & Partial<Pick<Problem, "fix" | "blocking">>;

/** Line and column of a character, both from 1; the column in UTF-16 units. */
export function positionOf({ lines }: SourceFile, offset: number): { readonly line: number; readonly column: number } {
  let low = 0;
  for (let high = lines.length; high - low > 1; ) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (lines[low] ?? 0) + 1 };
}

/** A problem at a character of a file. */
export function problemAt(file: SourceFile, offset: number, complaint: Complaint): Problem {
  return { blocking: true, ...complaint, file: file.path, ...positionOf(file, offset) };
}

/** A problem of a whole file. */
export function problemIn(path: string, complaint: Complaint): Problem {
  return { blocking: true, ...complaint, file: path, line: 0, column: 0 };
}

/** The character that a byte of UTF-8 belongs to: Cedar's parser counts bytes. */
export function characterAt(text: string, byte: number): number {
  return Buffer.from(text).subarray(0, byte).toString().length;
}
