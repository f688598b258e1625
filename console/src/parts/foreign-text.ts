// SPDX-License-Identifier: Apache-2.0
// Text that came from an agent, a tool or a partner, cut into what may be shown as it is and what must be shown as a mark:
// control characters, whatever turns the direction of writing, and what nobody sees.

/** UNIT: UTF-16 code units. What is shown before somebody asks for more. */
export const FOREIGN_MAX_CHARS = 2000;

export type Piece = { readonly kind: "plain" | "mark"; readonly text: string };

/**
 * Cc controls without line feed and tab; Cf formats (bidi, zero width, tags, soft hyphen); Zl and Zp separators; lone
 * surrogates, private use and unassigned; variation selectors; blanks that look like letters (Hangul and Braille fillers).
 */
const UNSEEN =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Variation_Selector}]|[\u115F\u1160\u2800\u3164\uFFA0]|\u034F|\u17B4|\u17B5/u;
const UNSEEN_ALL = new RegExp(UNSEEN.source, "gu");

/** The text in pieces, in order; a mark holds the name of one character, such as `U+202E`. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(UNSEEN_ALL)) {
    if (found.index > from) pieces.push({ kind: "plain", text: text.slice(from, found.index) });
    const point = found[0].codePointAt(0) ?? 0;
    pieces.push({ kind: "mark", text: `U+${point.toString(16).toUpperCase().padStart(4, "0")}` });
    from = found.index + found[0].length;
  }
  if (from < text.length) pieces.push({ kind: "plain", text: text.slice(from) });
  return pieces;
}

/** At most `FOREIGN_MAX_CHARS`, never through the middle of a character; and how many were left out. */
export function cutForeign(text: string): { readonly shown: string; readonly left: number } {
  if (text.length <= FOREIGN_MAX_CHARS) return { shown: text, left: 0 };
  const last = text.charCodeAt(FOREIGN_MAX_CHARS - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  const shown = text.slice(0, isHalf ? FOREIGN_MAX_CHARS - 1 : FOREIGN_MAX_CHARS);
  return { shown, left: text.length - shown.length };
}
