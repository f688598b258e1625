// SPDX-License-Identifier: Apache-2.0
// One pass over a text says which detectors can find anything in it at all (protect P4).

export const AT = 1;
/** At least six digits with no more than three other characters between two of them. */
export const DIGITS = 2;
/** `:` or `=`. */
export const ASSIGNS = 4;
/** A run of letters, digits and `_ + / = . ~ -` that may be a key: sixteen of them, or seven with a mark inside, as in `npm_x`. */
export const KEY = 8;
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
const KEY_LENGTH = 16;
const MARKED_LENGTH = 7;
const BASE64_LENGTH = 24;

/** What a unit is in a run; letters are no more than that, and most of what is ever looked at. */
const IS_RUN = 1 << 10;
const IS_BASE64 = 1 << 11;
const IS_DIGIT = 1 << 12;
/** Parts a key from its prefix. */
const IS_MARK = 1 << 13;
/** Stands at no end of a part. */
const IS_STOP = 1 << 14;
const LETTER: number = IS_RUN | IS_BASE64;
const SIGNALS = AT | ASSIGNS | PERCENT | AMPERSAND | BACKSLASH | NOT_ASCII;

/** By UTF-16 unit. Two letters fold to ASCII, and patterns that ignore case take them for theirs. */
const CLASS: Uint16Array = new Uint16Array(2 ** 16).fill(NOT_ASCII, 128);
for (const [letters, bits] of [
  ["@", AT],
  [":", ASSIGNS],
  ["%", PERCENT],
  ["&", AMPERSAND],
  ["\\", BACKSLASH],
  ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/", LETTER],
  ["0123456789", LETTER | IS_DIGIT],
  ["_", LETTER | IS_MARK],
  ["-", LETTER | IS_MARK | IS_STOP],
  [".", IS_RUN | IS_MARK | IS_STOP],
  ["=", IS_RUN | ASSIGNS],
  ["~", IS_RUN],
  ["\u017f\u212a", IS_RUN | NOT_ASCII],
] as const) {
  for (const letter of letters) CLASS[letter.charCodeAt(0)] = bits;
}

/** UNIT: bytes. Of a window of text; what is longer is looked at in memory of its own. */
const SCRATCH_BYTES = 64 * 1024;
// the units of a text, which are quicker to walk here than in the text; nothing is kept between two calls
const scratch: Buffer = Buffer.alloc(SCRATCH_BYTES);

/** UNIT: UTF-16 units. Below it a text is walked where it is: names, numbers and words are. */
const SHORT = 64;

/** The bits of everything that `text` has. Linear in its length. */
export function triggersOf(text: string): number {
  return text.length < SHORT ? ofShort(text) : ofLong(text);
}

function ofShort(text: string): number {
  const pass = new Pass();
  for (let i = 0; i < text.length; i++) {
    const bits = CLASS[text.charCodeAt(i)] ?? 0;
    if (bits !== LETTER) pass.other(i, bits, text.charCodeAt(i + 1));
  }
  return pass.end(text.length);
}

function ofLong(text: string): number {
  const bytes = 2 * text.length <= scratch.length ? scratch : Buffer.alloc(2 * text.length);
  bytes.write(text, "utf16le");
  const units = new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
  const pass = new Pass();
  for (let i = 0; i < units.length; i++) {
    const bits = CLASS[units[i] ?? 0] ?? 0;
    if (bits !== LETTER) pass.other(i, bits, units[i + 1]);
  }
  return pass.end(units.length);
}

/** One walk over a text, as far as it is not letters. */
class Pass {
  private found = 0;
  private digits = 0;
  private lastDigit = -1;
  /** Where the run and the run of base64 began, and whether the run has a mark inside. */
  private run = 0;
  private base64 = 0;
  private marked = false;

  other(i: number, bits: number, next: number | undefined): void {
    this.found |= bits;
    if ((bits & IS_DIGIT) !== 0) return this.digit(i);
    if ((bits & IS_BASE64) === 0) this.endBase64(i);
    if ((bits & IS_RUN) === 0) this.endRun(i);
    else if ((bits & IS_MARK) !== 0 && i > this.run) this.marked ||= goesOn(next);
  }

  end(length: number): number {
    this.endBase64(length);
    this.endRun(length);
    return this.found & (SIGNALS | DIGITS | KEY | BASE64);
  }

  private digit(i: number): void {
    this.digits = i - this.lastDigit > DIGIT_GAP + 1 ? 1 : this.digits + 1;
    this.lastDigit = i;
    if (this.digits === DIGIT_COUNT) this.found |= DIGITS;
  }

  private endBase64(i: number): void {
    if (i - this.base64 >= BASE64_LENGTH) this.found |= BASE64;
    this.base64 = i + 1;
  }

  private endRun(i: number): void {
    if (i - this.run >= (this.marked ? MARKED_LENGTH : KEY_LENGTH)) this.found |= KEY;
    this.run = i + 1;
    this.marked = false;
  }
}

/** Whether a run has more than marks from this unit on. */
function goesOn(unit: number | undefined): boolean {
  // beyond the end there is none, or not a number
  const bits = CLASS[unit ?? 0] ?? 0;
  return (bits & IS_RUN) !== 0 && (bits & IS_STOP) === 0;
}
