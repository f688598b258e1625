// SPDX-License-Identifier: Apache-2.0
// Text that others wrote, made fit to be shown: what cannot be seen is written out, and what is long is cut.

/** Control, format (bidi, zero width), surrogate, private and unassigned characters, and the separators of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** @returns the text with every character that is not seen as `\u{…}`, of at most so many UTF-16 units */
export function visible(text: string, maxUnits: number): string {
  // escaped first from what can at all be kept: a text of any length costs the same
  const kept = text.slice(0, maxUnits + 1).replace(UNSEEN, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
  return kept.length <= maxUnits ? kept : `${wholeCharacters(kept.slice(0, maxUnits - 1))}…`;
}

/** Cuts to columns of a terminal. Nothing outside ASCII is trusted to be one column wide. */
export function fit(text: string, columns: number): string {
  const shown = visible(text, columns * 2);
  return columnsOf(shown) <= columns ? shown : `${start(shown, columns - 1)}…`;
}

/** As many whole characters as have room. */
function start(text: string, columns: number): string {
  let line = "";
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > columns) break;
    line += character;
  }
  return line;
}

/** An upper bound: every character outside ASCII counts as two, but for the marks that are written here. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += /[ -~…·]/.test(character) ? 1 : 2;
  return columns;
}

/** Breaks into lines of so many columns, at spaces where there are any; what finds no room on the last is cut. */
export function wrap(text: string, columns: number, maxLines: number): readonly string[] {
  const lines: string[] = [];
  let rest = visible(text, columns * maxLines * 2);
  while (lines.length < maxLines - 1 && columnsOf(rest) > columns) {
    const full = start(rest, columns);
    const space = full.lastIndexOf(" ");
    const line = space > columns / 2 ? full.slice(0, space) : full;
    lines.push(line);
    rest = rest.slice(line.length).trimStart();
  }
  return [...lines, fit(rest, columns)];
}

function wholeCharacters(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, "");
}
