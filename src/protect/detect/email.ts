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

export const email: Detector = {
  name: "email",
  needs: AT,
  find({ text }) {
    const found: Found[] = [];
    for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
      const before = text.slice(Math.max(0, at - LOCAL_MAX), at);
      // in a sentence without spaces the words before belong to it only if the address is of their script
      const local = (LATIN_LOCAL.exec(before) ?? LOCAL.exec(before))?.[0].replace(/^[.'%-]+/, "") ?? "";
      const domain = DOMAIN.exec(text.slice(at + 1, at + 1 + DOMAIN_MAX))?.[0] ?? "";
      if (local === "" || domain === "") continue;
      const value = `${local}@${domain.toLowerCase()}`;
      const [start, end] = [at - local.length, at + 1 + domain.length];
      found.push({ type: "email", start, end, score: 1, evidence: ["pattern"], value });
    }
    return found;
  },
};
