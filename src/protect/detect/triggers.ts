// SPDX-License-Identifier: Apache-2.0
// One pass over a text says which detectors can find anything in it at all (protect P4).

export const AT = 1;
/** At least six digits with no more than three other characters between two of them. */
export const DIGITS = 2;
/** `:` or `=`. */
export const ASSIGNS = 4;
/** A run of eight letters, digits or `_ + / = . -`: shorter than any key that a provider issues. */
export const TOKEN = 8;
export const PERCENT = 16;
export const AMPERSAND = 32;
export const BACKSLASH = 64;
/** Anything above U+007F. */
export const NOT_ASCII = 128;
/** A run of 24 of the letters of base64. */
export const BASE64 = 256;
/** Not of the text: a member name before it says that a secret follows. */
export const NAMED = 512;

const DIGIT_COUNT = 6;
const DIGIT_GAP = 3;
const TOKEN_LENGTH = 8;
const BASE64_LENGTH = 24;

const IS_DIGIT = 1 << 10;
const IS_TOKEN = 1 << 11;
const IS_BASE64 = 1 << 12;
const SIGNALS = AT | ASSIGNS | PERCENT | AMPERSAND | BACKSLASH;

const CLASS = new Uint16Array(128);
for (const [letters, bits] of [
  ["@", AT],
  [":=", ASSIGNS],
  ["%", PERCENT],
  ["&", AMPERSAND],
  ["\\", BACKSLASH],
  ["0123456789", IS_DIGIT],
  ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_+/=.-", IS_TOKEN],
  ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_+/-", IS_BASE64],
] as const) {
  for (const letter of letters) CLASS[letter.charCodeAt(0)] = (CLASS[letter.charCodeAt(0)] ?? 0) | bits;
}

/** The bits of everything that `text` has. Linear in its length. */
export function triggersOf(text: string): number {
  let found = 0;
  let digits = 0;
  let lastDigit = -1;
  let token = 0;
  let base64 = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const bits = unit < 128 ? (CLASS[unit] ?? 0) : NOT_ASCII;
    found |= bits;
    if ((bits & IS_DIGIT) !== 0) {
      digits = i - lastDigit > DIGIT_GAP + 1 ? 1 : digits + 1;
      lastDigit = i;
      if (digits === DIGIT_COUNT) found |= DIGITS;
    }
    token = (bits & IS_TOKEN) === 0 ? 0 : token + 1;
    base64 = (bits & IS_BASE64) === 0 ? 0 : base64 + 1;
    if (token === TOKEN_LENGTH) found |= TOKEN;
    if (base64 === BASE64_LENGTH) found |= BASE64;
  }
  return found & (SIGNALS | DIGITS | NOT_ASCII | TOKEN | BASE64);
}
