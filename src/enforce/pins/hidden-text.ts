// SPDX-License-Identifier: Apache-2.0
// Text in a tool's definition that a person does not see or that speaks to the model past the person (enforce E16). A tool
// that has some is shown to nobody.
import { isJsonArray, isJsonObject, type Json } from "../../core/index.ts";

const SIGNS: readonly (readonly [what: string, sign: RegExp])[] = [
  ["characters of no width", /[\u00ad\u180e\u200b\u200c\u2060-\u2064\ufeff]/u],
  // between two pictures it makes one of them
  ["a joiner outside of a picture", /(?<!\p{Extended_Pictographic}\ufe0f?)\u200d|\u200d(?!\p{Extended_Pictographic})/u],
  ["characters that turn the direction of text", /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u],
  ["tag characters", /[\u{e0000}-\u{e007f}]/u],
  ["control characters", /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/u], // oxlint-disable-line no-control-regex -- they are what is looked for
  ["a comment that no page shows", /<!--/],
  ["a section for the model alone", /<\/?\s*(?:important|system|secret|hidden|instructions?)\s*>/i],
  [
    "orders to the model",
    /\b(?:ignore|disregard|forget)\s+(?:all\s+|any\s+|the\s+|your\s+)*(?:previous|prior|above|earlier|other)\s+(?:instructions?|rules|prompts?|messages?)/i,
  ],
  [
    "orders to keep something from the person",
    /\b(?:do\s+not|don't|never)\s+(?:tell|mention|inform|show|reveal|notify|alert)\b[^.]{0,40}\b(?:user|human|person|anyone)/i,
  ],
  [
    "orders about other tools",
    /\b(?:before|instead\s+of|whenever)\s+(?:using|calling|you\s+(?:use|call))\s+(?:any|other|another|all)\s+(?:other\s+)?tools?/i,
  ],
];
const DEPTH_MAX = 64;

/** What is hidden in it; `undefined` where nothing is. */
export function hiddenIn(definition: Json): string | undefined {
  return look(definition, 0);
}

function look(value: Json, depth: number): string | undefined {
  if (typeof value === "string") return SIGNS.find(([, sign]) => sign.test(value))?.[0];
  if (depth > DEPTH_MAX) return "more levels than are looked at";
  const inner = isJsonArray(value)
    ? value
    : isJsonObject(value)
      ? [...Object.keys(value), ...Object.values(value)]
      : [];
  for (const one of inner) {
    const found = look(one, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
