// SPDX-License-Identifier: Apache-2.0
// The canonical text of a value as bytes, written in place. Growing a text, flattening it and encoding it costs more than
// its digest does.
import { hash } from "node:crypto";
import { canonicalNumber, sortedNames } from "./canonical.ts";
import { type Bytes, type Digest, parseDigest } from "./ids.ts";
import { isJsonArray, type Json, type JsonObject, RawNumber } from "./json.ts";

/** UNIT: bytes. Grows when it must; what nearly every question and entry fits in. */
const START_BYTES = 16 * 1024;
/** UNIT: bytes. What was grown beyond this for one value is let go after it. */
const KEEP_BYTES = 1024 * 1024;
/** UNIT: bytes that one UTF-16 unit takes at most: `\u0000`. */
const UNIT_MOST = 6;

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const [FIRST_VISIBLE, LAST_VISIBLE] = [0x20, 0x7e];
const encoder = new TextEncoder();

/** Bytes that are written one after the other. Guarded by being used from one synchronous function at a time. */
class CanonicalBytes {
  private bytes = new Uint8Array(START_BYTES);
  private at = 0;

  /** Forgets what was written. */
  restart(): this {
    this.at = 0;
    if (this.bytes.length > KEEP_BYTES) this.bytes = new Uint8Array(START_BYTES);
    return this;
  }

  /** Text of visible ASCII, as it stands. */
  raw(text: string): this {
    this.room(text.length);
    const { bytes } = this;
    let { at } = this;
    for (let unit = 0; unit < text.length; unit += 1) bytes[at++] = text.charCodeAt(unit);
    this.at = at;
    return this;
  }

  /** A string, in quotes. */
  string(text: string): this {
    this.room(UNIT_MOST * text.length + 2);
    const { bytes } = this;
    let { at } = this;
    bytes[at++] = QUOTE;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit < FIRST_VISIBLE || unit > LAST_VISIBLE || unit === QUOTE || unit === BACKSLASH)
        return this.escaped(text);
      bytes[at++] = unit;
    }
    bytes[at++] = QUOTE;
    this.at = at;
    return this;
  }

  /** RFC 8785 section 3.2, as `canonicalText` has it. */
  json(json: Json): this {
    if (typeof json === "string") return this.string(json);
    if (typeof json !== "object" || json === null) return this.raw(String(json));
    if (json instanceof RawNumber) return this.raw(canonicalNumber(json));
    return isJsonArray(json) ? this.list(json) : this.object(json);
  }

  /** A copy of what was written. */
  copy(): Bytes {
    return this.bytes.slice(0, this.at);
  }

  /** SHA-256 of what was written. */
  digest(): Digest {
    return parseDigest(`sha256:${hash("sha256", this.bytes.subarray(0, this.at), "hex")}`);
  }

  private list(list: readonly Json[]): this {
    this.mark(OPEN_LIST);
    for (let index = 0; index < list.length; index += 1) {
      if (index > 0) this.mark(COMMA);
      this.json(list[index] ?? null);
    }
    this.mark(CLOSE_LIST);
    return this;
  }

  private object(object: JsonObject): this {
    const names = sortedNames(object);
    this.mark(OPEN_OBJECT);
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index] ?? "";
      if (index > 0) this.mark(COMMA);
      this.string(name);
      this.mark(COLON);
      this.json(object[name] ?? null);
    }
    this.mark(CLOSE_OBJECT);
    return this;
  }

  private mark(byte: number): void {
    if (this.at === this.bytes.length) this.room(1);
    this.bytes[this.at] = byte;
    this.at += 1;
  }

  private escaped(text: string): this {
    this.at += encoder.encodeInto(JSON.stringify(text), this.bytes.subarray(this.at)).written;
    return this;
  }

  private room(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + more));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

/** One for all: nothing waits between the first byte and the digest. */
const scratch = new CanonicalBytes();

export function canonicalize(json: Json): Bytes {
  return scratch.restart().json(json).copy();
}

/** SHA-256 of the canonical text. Only for what is public or unguessable: see record L6. */
export function digestOf(json: Json): Digest {
  return scratch.restart().json(json).digest();
}
