// SPDX-License-Identifier: Apache-2.0
// The right side of `like`: literal pieces between wildcards. A wildcard takes any run of characters, so the leftmost fit of
// each piece is as good as any other and nothing is ever tried twice.

/** The literal pieces in order; there is a wildcard between each two, and an empty piece at an end stands for a wildcard there. */
export type Pattern = readonly string[];

// Pieces are whole code points, and no well-formed text fits them in the middle of a surrogate pair, so units will do.
export function patternMatcher(pattern: Pattern): (text: string) => boolean {
  const [first = "", ...middle] = pattern;
  const last = middle.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
