// SPDX-License-Identifier: Apache-2.0
// Faults: what a parser, a broken invariant or a lost resource throws. A *no* is a value and never passes through here.

/** Longest piece of outside text quoted in a message, in UTF-16 units. */
export const QUOTE_MAX_UNITS = 200;

/** Base of every room's fault; each room has one subclass with a closed list of codes. */
export abstract class BailiwickError<C extends string> extends Error {
  readonly code: C;
  /** How to mend it, in one sentence, where a person can. */
  readonly fix: string | undefined;

  constructor(code: C, message: string, options: { readonly cause?: unknown; readonly fix?: string } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.fix = options.fix;
  }
}

export type CoreErrorCode =
  | "CORE_ID_MALFORMED"
  | "CORE_INSTANT_MALFORMED"
  | "CORE_DIGEST_MALFORMED"
  | "CORE_JSON_MALFORMED"
  | "CORE_JSON_TOO_DEEP"
  | "CORE_JSON_TOO_LARGE"
  | "CORE_JSON_DUPLICATE_MEMBER"
  | "CORE_JSON_NOT_UTF8"
  | "CORE_GRANT_MALFORMED"
  | "CORE_WORD_UNKNOWN";

/** A fault of the shared words: something that is no id, instant, digest, word or JSON text. */
export class CoreError extends BailiwickError<CoreErrorCode> {}

/** Quotes outside text for a message: in backticks, control characters escaped, cut at {@link QUOTE_MAX_UNITS}. */
export function quote(text: string): string {
  const cut = text.length > QUOTE_MAX_UNITS ? `${text.slice(0, QUOTE_MAX_UNITS)}…` : text;
  const safe = cut.replace(/[\p{Cc}\p{Cf}\p{Cs}`]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
  return `\`${safe}\``;
}
