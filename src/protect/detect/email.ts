// SPDX-License-Identifier: Apache-2.0
// E-mail addresses, read outwards from each `@` so that the work stays linear (RFC 5321 section 4.5.3.1 has the lengths).
import type { Detector, Found } from "./detector.ts";
import { AT } from "./triggers.ts";

const LOCAL_MAX = 64;
const DOMAIN_MAX = 255;
const LATIN_LOCAL = /[\p{sc=Latin}\p{N}\p{M}._%+'-]+$/u;
const LOCAL = /[\p{L}\p{N}\p{M}._%+'-]+$/u;
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.)+(?:xn--[a-z0-9-]{2,58}|\p{sc=Latin}{2,24}|\p{L}[\p{L}\p{M}]{1,23})/iu;
/** Whatever of ASCII can stand in {@link DOMAIN}, and what it finds in nothing else. */
const ASCII_HOST = /^[A-Za-z0-9.-]*/;
const ASCII_DOMAIN =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[Xx][Nn]--[A-Za-z0-9-]{2,58}|[A-Za-z]{2,24})/;

export const email: Detector = {
  name: "email",
  needs: AT,
  find({ text }) {
    const found: Found[] = [];
    for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
      const local = localBefore(text, at).replace(/^[.'%-]+/, "");
      if (local === "") continue;
      const domain = domainAfter(text, at);
      if (domain === "") continue;
      const value = `${local}@${domain.toLowerCase()}`;
      const [start, end] = [at - local.length, at + 1 + domain.length];
      found.push({ type: "email", start, end, score: 1, evidence: ["pattern"], value });
    }
    return found;
  },
};

/** The domain after an `@`; in ASCII alone it is read by a pattern that need not know other scripts. */
function domainAfter(text: string, at: number): string {
  const after = text.slice(at + 1, at + 1 + DOMAIN_MAX);
  const ascii = ASCII_HOST.exec(after)?.[0] ?? "";
  const isAscii = ascii.length === after.length || after.charCodeAt(ascii.length) < 128;
  return (isAscii ? ASCII_DOMAIN.exec(ascii) : DOMAIN.exec(after))?.[0] ?? "";
}

/** The local part that ends at an `@`: most are ASCII, and end at what is no letter of theirs. */
function localBefore(text: string, at: number): string {
  const least = Math.max(0, at - LOCAL_MAX);
  let from = at;
  while (from > least && ASCII_LOCAL[text.charCodeAt(from - 1)] === 1) from -= 1;
  if (from === least || text.charCodeAt(from - 1) < 128) return text.slice(from, at);
  const before = text.slice(least, at);
  // in a sentence without spaces the words before belong to it only if the address is of their script
  return (LATIN_LOCAL.exec(before) ?? LOCAL.exec(before))?.[0] ?? "";
}

const ASCII_LOCAL: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  LATIN_LOCAL.test(String.fromCharCode(code)) ? 1 : 0,
);
