// SPDX-License-Identifier: Apache-2.0
// Encodings that hide a value from a plain look (protect P13): percent, HTML entities, `\u` and `\x` escapes, base64.
// Others (hex, compression) are not undone; the room's README says so.
import { AMPERSAND, BACKSLASH, BASE64, NOT_ASCII, PERCENT } from "./triggers.ts";
import { plainView } from "./unicode.ts";
import { replaced, type View, ViewBuilder } from "./view.ts";

const PERCENT_RUN = /(?:%[0-9a-f]{2})+/gi;
const ENTITY =
  /&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos|nbsp|commat|period|colon|equals|sol|hyphen|lowbar|plus|num);/gi;
const ESCAPE = /\\(?:u\{[0-9a-f]{1,6}\}|u[0-9a-f]{4}|x[0-9a-f]{2}|\/)/gi;
/** A run of the letters of either base64, over line ends where a line is as long as encoders make them. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{24,}(?:(?<=[A-Za-z0-9+/_-]{60})\r?\n[A-Za-z0-9+/_-]+)*={0,2}/g;

const NAMED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
  ["commat", "@"],
  ["period", "."],
  ["colon", ":"],
  ["equals", "="],
  ["sol", "/"],
  ["hyphen", "-"],
  ["lowbar", "_"],
  ["plus", "+"],
  ["num", "#"],
]);

/** The views of a text that differ from it. @param triggers - of `triggersOf(text)` */
export function viewsOf(text: string, triggers: number): readonly View[] {
  return [
    (triggers & NOT_ASCII) === 0 ? undefined : plainView(text),
    (triggers & PERCENT) === 0 ? undefined : replaced(text, "percent", PERCENT_RUN, decodePercent),
    (triggers & AMPERSAND) === 0 ? undefined : replaced(text, "entity", ENTITY, decodeEntity),
    (triggers & BACKSLASH) === 0 ? undefined : replaced(text, "escape", ESCAPE, decodeEscape),
    ...((triggers & BASE64) === 0 ? [] : base64Views(text)),
  ].filter((view) => view !== undefined);
}

function decodePercent(run: string): string {
  return Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8");
}

function decodeEntity(entity: string): string | undefined {
  const body = entity.slice(1, -1).toLowerCase();
  if (!body.startsWith("#")) return NAMED.get(body);
  return fromPoint(body.startsWith("#x") ? Number.parseInt(body.slice(2), 16) : Number(body.slice(1)));
}

function decodeEscape(escape: string): string | undefined {
  if (escape === "\\/") return "/";
  return fromPoint(Number.parseInt(escape.slice(2).replace(/[{}]/g, ""), 16));
}

function fromPoint(point: number): string | undefined {
  return point > 0x10ffff ? undefined : String.fromCodePoint(point);
}

/**
 * One view for each run that holds text. A run may begin with letters that are not part of what was encoded (a path, a
 * single letter put in front), so each of the four ways to align it is tried.
 */
function* base64Views(text: string): Generator<View> {
  for (const { 0: run, index } of text.matchAll(BASE64_RUN)) {
    for (let shift = 0; shift < 4; shift++) {
      const decoded = decodeBase64(run.slice(shift));
      if (decoded === undefined) continue;
      const builder = new ViewBuilder();
      builder.add(decoded, index, index + run.length);
      yield builder.build("base64");
    }
  }
}

/** Text that is worth a look: eight letters in a row that somebody could read. */
const READABLE = /[\x20-\x7e\p{L}\p{N}]{8}/u;

function decodeBase64(run: string): string | undefined {
  const decoded = Buffer.from(run, "base64").toString("utf8");
  return READABLE.test(decoded) ? decoded : undefined;
}
