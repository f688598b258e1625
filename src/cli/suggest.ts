// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the nearest of a few known words, if one is near.

/** UNIT: edits (insert, delete, replace, swap of neighbours). Further away is another word. */
const NEAR = 2;

export function nearest(word: string, known: Iterable<string>): string | undefined {
  const ranked = [...known].map((name) => ({ name, edits: distance(word, name) }));
  const [best] = ranked.toSorted((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= NEAR && best.edits < word.length ? best.name : undefined;
}

/** Optimal string alignment distance: each piece of the text is edited at most once. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const edits = [at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + same];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits.push(at(before, j - 2) + 1);
      next.push(Math.min(...edits));
    }
    before = row;
    row = next;
  }
  return at(row, b.length);
}

function at(row: readonly number[], j: number): number {
  return row[j] ?? Number.POSITIVE_INFINITY;
}
