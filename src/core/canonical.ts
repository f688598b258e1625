// SPDX-License-Identifier: Apache-2.0
// RFC 8785 (JCS): one text for one value, so that a digest means the value. A number that no double holds exactly keeps
// its lexeme (RFC 8785 would round it, and two different calls would share a digest).
import { isJsonArray, type Json, type JsonObject, RawNumber } from "./json.ts";

/** RFC 8785 section 3.2. Text is grown, not joined from lists: this runs for every question and every entry. */
export function canonicalText(json: Json): string {
  if (typeof json === "string") return quotedText(json);
  if (typeof json !== "object" || json === null) return String(json);
  if (json instanceof RawNumber) return canonicalNumber(json);
  return isJsonArray(json) ? arrayText(json) : objectText(json);
}

/** What JSON must escape, and the halves of surrogate pairs: `JSON.stringify` knows which of those stand alone. */
const SPECIAL = /["\\\u0000-\u001f\ud800-\udfff]/; // oxlint-disable-line no-control-regex -- these are what is looked for

/** A string as JSON writes it; nearly all are written as they stand, which is quicker than to have them looked through. */
function quotedText(text: string): string {
  return SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function arrayText(array: readonly Json[]): string {
  let text = "";
  for (const item of array) text += text === "" ? canonicalText(item) : `,${canonicalText(item)}`;
  return `[${text}]`;
}

function objectText(object: JsonObject): string {
  let text = "";
  for (const name of sortedNames(object)) {
    const member = `${quotedText(name)}:${canonicalText(object[name] ?? null)}`;
    text += text === "" ? member : `,${member}`;
  }
  return `{${text}}`;
}

/** Up to so many names are sorted by insertion: a list of a handful is quickest so, and often sorted already. */
const INSERTION_MAX = 24;

/** Names of members in the order of JCS: by UTF-16 units, which is what `<` compares. */
export function sortedNames(object: object): readonly string[] {
  const names = Object.keys(object);
  // without a comparer this is the same order
  if (names.length > INSERTION_MAX) return names.sort(); // oxlint-disable-line unicorn/no-array-sort -- a list of our own
  for (let next = 1; next < names.length; next += 1) {
    const name = names[next] ?? "";
    let at = next;
    for (let before = names[at - 1]; at > 0 && before !== undefined && before > name; before = names[at - 1]) {
      names[at] = before;
      at -= 1;
    }
    names[at] = name;
  }
  return names;
}

export function canonicalNumber({ lexeme }: RawNumber): string {
  const printed = String(Number(lexeme));
  return exact(printed) === exact(lexeme) ? (printed === "-0" ? "0" : printed) : lexeme;
}

/** A decimal as `<sign><digits>e<exponent>` without leading or trailing zeros: equal texts mean equal numbers. */
function exact(lexeme: string): string {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(lexeme);
  if (match === null) return `not a number ${lexeme}`;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  if (kept === "") return "0";
  return `${sign}${kept}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - kept.length)}`;
}
