// SPDX-License-Identifier: Apache-2.0
// Text on its way to a terminal. What came from agents, tools and files is shown, never obeyed: no control sequence, no
// change of direction, no invisible character reaches the screen.

// controls, format characters (bidi, zero width), lone surrogates, line and paragraph separators
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Outside text on one line, with what a terminal would act on spelled out: `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/** UNIT: characters. Counts code points: wide and combining characters are counted as one. */
export function width(text: string): number {
  return Array.from(text).length;
}

/** At most `max` characters, the last one `…` where something is left out. */
export function cut(text: string, max: number): string {
  const characters = Array.from(text);
  return characters.length <= max ? text : `${characters.slice(0, Math.max(0, max - 1)).join("")}…`;
}

/** Lines of at most `max` characters, broken at spaces; a word that is longer stays whole, since it may be an id. */
export function wrap(text: string, max: number): readonly string[] {
  if (width(text) <= max) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && width(`${line} ${word}`) > max) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** JSON whose strings are safe on a terminal too: the same value, with unsafe characters as `\u` escapes. */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent) ?? "null";
  // line ends here are the indentation's own; in strings JSON has escaped them already
  return text.replace(UNSAFE, (c) => (c === "\n" ? c : escapedUnits(c)));
}

function escapedUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
