// SPDX-License-Identifier: Apache-2.0
// Strict JSON (RFC 8259): what is judged must be what is sent, so nothing is read in two ways or rounded on the way.
// Duplicate members, lone surrogates, a byte order mark, and anything deeper than the limit are refused; numbers that a
// double would change keep their lexeme. Objects have no prototype, so `__proto__` is a name like any other.
import { CoreError, type CoreErrorCode } from "./errors.ts";
import type { Bytes } from "./ids.ts";
import { BODY_MAX_BYTES, JSON_MAX_DEPTH } from "./limits.ts";

/** A number whose text is not what a double would print (`1.0`, `1e2`, `9007199254740993`): kept as written. */
export class RawNumber {
  readonly lexeme: string;
  constructor(lexeme: string) {
    this.lexeme = lexeme;
  }
}

export type Json = null | boolean | number | string | RawNumber | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

export interface JsonLimits {
  readonly maxBytes?: number;
  readonly maxDepth?: number;
}

/** Reads one JSON text. @throws CoreError CORE_JSON_* with the offset */
export function parseJson(input: string | Bytes, limits: JsonLimits = {}): Json {
  const maxBytes = limits.maxBytes ?? BODY_MAX_BYTES;
  if (input.length > maxBytes) throw new CoreError("CORE_JSON_TOO_LARGE", `reading JSON: over ${maxBytes} bytes`);
  const text = typeof input === "string" ? input : decodeUtf8(input);
  return new Reader(text, limits.maxDepth ?? JSON_MAX_DEPTH).document();
}

/** One for all: making it costs more than a short text does, and without `stream` it keeps nothing between two texts. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws CoreError CORE_JSON_NOT_UTF8 */
export function decodeUtf8(bytes: Bytes): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new CoreError("CORE_JSON_NOT_UTF8", "reading JSON: not UTF-8", { cause });
  }
}

export function isJsonObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json) && !(json instanceof RawNumber);
}

export function isJsonArray(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

/** A member of an object by a name from outside, never through the prototype. */
export function member(json: Json | undefined, name: string): Json | undefined {
  return isJsonObject(json) && Object.hasOwn(json, name) ? json[name] : undefined;
}

/** Makes an object without a prototype, so that no member name is special. */
export function jsonObject(members: Iterable<readonly [string, Json]>): JsonObject {
  const object = emptyObject();
  for (const [name, value] of members) object[name] = value;
  return object;
}

/** Writes JSON with lexemes as they were read and members in their order. */
export function writeJson(json: Json): string {
  if (json instanceof RawNumber) return json.lexeme;
  if (isJsonArray(json)) return `[${json.map(writeJson).join(",")}]`;
  if (isJsonObject(json)) {
    return `{${Object.keys(json)
      .map((name) => `${JSON.stringify(name)}:${writeJson(json[name] ?? null)}`)
      .join(",")}}`;
  }
  return JSON.stringify(json);
}

const emptyObject = (): Record<string, Json> => Object.create(null) as Record<string, Json>; // oxlint-disable-line typescript/no-unsafe-type-assertion -- Object.create is typed any

/** UNIT: characters. Longer numbers mean nothing to anybody and are slow to compare. */
const NUMBER_MAX_UNITS = 256;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** RFC 8259 section 7: control characters, all below the space, must be escaped, so they end a run of plain ones. */
const [SPACE, QUOTE, BACKSLASH] = [0x20, 0x22, 0x5c];
const [TAB, LINE_FEED, CARRIAGE_RETURN] = [0x09, 0x0a, 0x0d];
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

class Reader {
  private at = 0;
  private readonly text: string;
  private readonly maxDepth: number;

  constructor(text: string, maxDepth: number) {
    this.text = text;
    this.maxDepth = maxDepth;
  }

  document(): Json {
    const value = this.value(0);
    this.white();
    if (this.at !== this.text.length) throw this.fault("CORE_JSON_MALFORMED", "text after the value");
    return value;
  }

  private value(depth: number): Json {
    this.white();
    switch (this.text[this.at] ?? "") {
      case "{":
        return this.object(depth + 1);
      case "[":
        return this.array(depth + 1);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonObject {
    this.deeper(depth);
    const object = emptyObject();
    if (this.closes("}")) return object;
    for (;;) {
      this.white();
      if (this.text[this.at] !== '"') throw this.fault("CORE_JSON_MALFORMED", "a member name was expected");
      const name = this.string();
      if (Object.hasOwn(object, name)) throw this.fault("CORE_JSON_DUPLICATE_MEMBER", "a member stands twice");
      this.white();
      if (this.text[this.at] !== ":") throw this.fault("CORE_JSON_MALFORMED", "`:` was expected");
      this.at += 1;
      object[name] = this.value(depth);
      if (this.ends("}")) return object;
    }
  }

  private array(depth: number): readonly Json[] {
    this.deeper(depth);
    const array: Json[] = [];
    if (this.closes("]")) return array;
    for (;;) {
      array.push(this.value(depth));
      if (this.ends("]")) return array;
    }
  }

  private deeper(depth: number): void {
    if (depth > this.maxDepth) throw this.fault("CORE_JSON_TOO_DEEP", `deeper than ${this.maxDepth}`);
    this.at += 1;
  }

  private closes(mark: string): boolean {
    this.white();
    if (this.text[this.at] !== mark) return false;
    this.at += 1;
    return true;
  }

  private ends(mark: string): boolean {
    if (this.closes(mark)) return true;
    if (this.text[this.at] !== ",") throw this.fault("CORE_JSON_MALFORMED", `\`,\` or \`${mark}\` was expected`);
    this.at += 1;
    return false;
  }

  private string(): string {
    this.at += 1;
    let text = this.plain();
    while (this.text[this.at] === "\\") {
      text += this.escape();
      text += this.plain();
    }
    if (this.text[this.at] !== '"')
      throw this.fault("CORE_JSON_MALFORMED", "a string does not end, or holds a control character");
    if (!text.isWellFormed()) throw this.fault("CORE_JSON_MALFORMED", "a lone surrogate");
    this.at += 1;
    return text;
  }

  /** What stands for itself in a string. A loop: a pattern takes longer to start than most strings are long. */
  private plain(): string {
    const { text, at } = this;
    let end = at;
    for (let unit = text.charCodeAt(end); unit >= SPACE && unit !== QUOTE && unit !== BACKSLASH; ) {
      end += 1;
      unit = text.charCodeAt(end);
    }
    this.at = end;
    return text.slice(at, end);
  }

  private escape(): string {
    const mark = this.text[this.at + 1] ?? "";
    if (mark === "u") {
      const hex = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw this.fault("CORE_JSON_MALFORMED", "a bad \\u escape");
      this.at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const plain = ESCAPES.get(mark);
    if (plain === undefined) throw this.fault("CORE_JSON_MALFORMED", "a bad escape");
    this.at += 2;
    return plain;
  }

  private number(): number | RawNumber {
    const lexeme = this.take(NUMBER);
    if (lexeme === "") throw this.fault("CORE_JSON_MALFORMED", "a value was expected");
    if (lexeme.length > NUMBER_MAX_UNITS) throw this.fault("CORE_JSON_TOO_LARGE", "a number is too long");
    const value = Number(lexeme);
    return String(value) === lexeme ? value : new RawNumber(lexeme);
  }

  private word<T extends Json>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.fault("CORE_JSON_MALFORMED", "a value was expected");
    this.at += word.length;
    return value;
  }

  private white(): void {
    const { text } = this;
    for (let unit = text.charCodeAt(this.at); unit <= SPACE && isWhite(unit); unit = text.charCodeAt(this.at))
      this.at += 1;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  private fault(code: CoreErrorCode, why: string): CoreError {
    return new CoreError(code, `reading JSON at character ${this.at}: ${why}`);
  }
}

function isWhite(unit: number): boolean {
  return unit === SPACE || unit === TAB || unit === LINE_FEED || unit === CARRIAGE_RETURN;
}
