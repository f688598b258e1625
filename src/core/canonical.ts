// SPDX-License-Identifier: Apache-2.0
// RFC 8785 (JCS): one text for one value, so that a digest means the value. A number that no double holds exactly keeps
// its lexeme (RFC 8785 would round it, and two different calls would share a digest).
import { hash } from "node:crypto";
import { type Bytes, type Digest, parseDigest } from "./ids.ts";
import { isJsonArray, type Json, type JsonObject, RawNumber } from "./json.ts";

/** RFC 8785 section 3.2. Text is grown, not joined from lists: this runs for every question and every entry. */
export function canonicalText(json: Json): string {
  if (typeof json === "string") return JSON.stringify(json);
  if (typeof json !== "object" || json === null) return String(json);
  if (json instanceof RawNumber) return canonicalLexeme(json.lexeme);
  return isJsonArray(json) ? arrayText(json) : objectText(json);
}

function arrayText(array: readonly Json[]): string {
  let text = "[";
  for (const item of array) text += text === "[" ? canonicalText(item) : `,${canonicalText(item)}`;
  return `${text}]`;
}

function objectText(object: JsonObject): string {
  // JCS sorts by UTF-16 units, which is what Array.prototype.sort does without a comparer
  const names = Object.keys(object).sort(); // oxlint-disable-line unicorn/no-array-sort -- a list of our own
  let text = "{";
  for (const name of names) {
    const member = `${JSON.stringify(name)}:${canonicalText(object[name] ?? null)}`;
    text += text === "{" ? member : `,${member}`;
  }
  return `${text}}`;
}

export function canonicalize(json: Json): Bytes {
  return new TextEncoder().encode(canonicalText(json));
}

/** SHA-256 of the canonical text. Only for what is public or unguessable: see record L6. */
export function digestOf(json: Json): Digest {
  return parseDigest(`sha256:${hash("sha256", canonicalText(json), "hex")}`);
}

function canonicalLexeme(lexeme: string): string {
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
