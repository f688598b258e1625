// SPDX-License-Identifier: Apache-2.0
// Letters that look like Latin ones, made for this project on 2026-11-22 by going through the Cyrillic, Greek, Armenian
// and Latin blocks of Unicode 17 by eye; lower case only, since both sides are folded first. Not the whole of UTS 39.

/** Each row: the Latin letter and all that resemble it. */
export const CONFUSABLES: readonly (readonly [latin: string, lookalikes: string])[] = [
  ["a", "аɑαạ"],
  ["b", "ьƅвβ"],
  ["c", "сϲ"],
  ["d", "ԁɗ"],
  ["e", "еєҽεэ"],
  ["f", "ƒ"],
  ["g", "ɡց"],
  ["h", "һհнη"],
  ["j", "јϳ"],
  ["k", "кκ"],
  ["l", "іιıi1ӏǀ|!"],
  ["m", "мμ"],
  ["n", "пո"],
  ["o", "оοօσ0"],
  ["p", "рρ"],
  ["q", "ԛզ"],
  ["r", "гɼ"],
  ["s", "ѕꜱ"],
  ["t", "тτ"],
  ["u", "υսʋц"],
  ["v", "ѵν"],
  ["w", "ԝωшѡ"],
  ["x", "хχ"],
  ["y", "уүγ"],
  ["z", "ᴢ"],
];

/** Pairs of Latin letters that look like one. */
export const PAIRS: readonly (readonly [pair: string, latin: string])[] = [
  ["rn", "m"],
  ["vv", "w"],
  ["cl", "d"],
];
