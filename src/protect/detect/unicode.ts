// SPDX-License-Identifier: Apache-2.0
// One plain reading of what Unicode writes in many ways: NFKC, nothing invisible, every decimal digit as 0-9, every dash
// as a hyphen, every space as a space.
import { replaced, type View } from "./view.ts";

/** Everything but plain ASCII: a letter with its marks and whatever invisible stands among them. */
const CLUSTER =
  /[^\0-\x7f][\p{M}\p{Default_Ignorable_Code_Point}]*|[\0-\x7f][\p{M}\p{Default_Ignorable_Code_Point}]+/gu;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}]/gu;
const DASH = /[\p{Pd}\u2212]/gu;
const SPACE = /[\p{Zs}]/gu;
const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu;

/** The plain reading, or `undefined` where the text is its own. */
export function plainView(text: string): View | undefined {
  return replaced(text, "unicode", CLUSTER, (cluster) => {
    const plain = plainText(cluster);
    return plain === cluster ? undefined : plain;
  });
}

export function plainText(text: string): string {
  const visible = text.replace(INVISIBLE, "").normalize("NFKC");
  return visible.replace(DASH, "-").replace(SPACE, " ").replace(OTHER_DIGIT, digit);
}

/** Decimal digits stand in blocks of ten in order (Unicode chapter 4.6), so the zero is found by going back. */
function digit(letter: string): string {
  const point = letter.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(point - value - 1))) value += 1;
  return String(value);
}
