// SPDX-License-Identifier: Apache-2.0
// What a verifier cannot accept: one error, whose message names the place and then the reason.

/** Something that does not have the form, or the value, that it must have. */
export class VerifyError extends Error {
  constructor(place: string, reason: string) {
    super(`${place}: ${reason}`);
    this.name = "VerifyError";
  }
}

/** Outside text for a message: in backticks, cut, with everything unprintable escaped. */
export function quoted(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return `\`${cut.replace(/[\p{C}`]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)}\``;
}

/** Runs a reader and gives what it found or why it could not. Every other error is a fault of ours and goes on. */
export function attempt<T>(read: () => T): { readonly value: T } | { readonly reason: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof VerifyError) return { reason: error.message };
    throw error;
  }
}
