// SPDX-License-Identifier: Apache-2.0
// How a question becomes text, as the schema says: one closure for each type, made once, so that writing one costs little
// more than its characters. A String is sealed unless the schema says `@record("value")`; what is a number, a truth, a time,
// or the name of an entity stands as it is (D45).
import { canonicalText, isJsonArray, isJsonObject, type Json, type JsonObject, member } from "../../core/index.ts";
import { readEntityUid } from "../cedar/convert.ts";
import { EXTENSIONS } from "../cedar/functions.ts";
import { IpAddress } from "../cedar/ip.ts";
import { isJsonNumber } from "../cedar/long.ts";
import type { RecordType, Type } from "../cedar/schema.ts";
import type { Sealer } from "./sealer.ts";

export type Write = (json: Json, sealer: Sealer) => string;

/** What is thrown by a value that is not of its type: the question was refused for it, and is not written. */
export class Misfit extends Error {}

/** One attribute, with the text that goes before it. */
export interface Attribute {
  readonly name: string;
  readonly lead: string;
  readonly write: Write;
}

/** In the order of their names, as canonical JSON has them. */
export function attributesOf(type: RecordType, isValue = false): readonly Attribute[] {
  return Array.from(type.attributes, ([name, attribute]) => ({
    name,
    lead: `${JSON.stringify(name)}:`,
    write: writerOf(attribute.type, isValue || attribute.recorded === "value"),
  })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export function recordWriter(type: RecordType, isValue = false): Write {
  const attributes = attributesOf(type, isValue);
  return (json, sealer) => {
    if (!isJsonObject(json)) throw new Misfit();
    let text = "{";
    for (const { name, lead, write } of attributes) {
      const value = own(json, name);
      if (value === undefined) continue;
      text += text === "{" ? lead : `,${lead}`;
      text += write(value, sealer);
    }
    return `${text}}`;
  };
}

/** A member, never through the prototype of an object that has one. */
export function own(json: JsonObject, name: string): Json | undefined {
  return name in Object.prototype ? member(json, name) : json[name];
}

/** @param isValue - texts stand as they are */
export function writerOf(type: Type, isValue: boolean): Write {
  switch (type.kind) {
    case "bool":
      return boolText;
    case "long":
      return longText;
    case "string":
      return isValue ? plainText : (json, sealer) => sealer.text(asText(json));
    case "entity":
      return entityText;
    case "extension":
      return type.name === "ipaddr" && !isValue ? addressText : extensionWriter(EXTENSIONS[type.name].constructor);
    case "set":
      return setWriter(writerOf(type.element, isValue));
    case "record":
      return recordWriter(type, isValue);
    default:
      return type satisfies never;
  }
}

function asText(json: Json): string {
  if (typeof json !== "string") throw new Misfit();
  return json;
}

function plainText(json: Json): string {
  return JSON.stringify(asText(json));
}

function boolText(json: Json): string {
  if (typeof json !== "boolean") throw new Misfit();
  return json ? "true" : "false";
}

/** A number past 2^53 as text: any JSON reader gives the slice back as it was. */
function longText(json: Json): string {
  if (!isJsonNumber(json)) throw new Misfit();
  if (typeof json === "number" && Number.isSafeInteger(json)) return String(json);
  return `{"long":${JSON.stringify(typeof json === "number" ? String(json) : json.lexeme)}}`;
}

function entityText(json: Json): string {
  const uid = readEntityUid(json);
  if (uid === undefined) throw new Misfit();
  return refText(uid);
}

export function refText({ type, id }: { readonly type: string; readonly id: string }): string {
  return `{"id":${JSON.stringify(id)},"type":${JSON.stringify(type)}}`;
}

function setWriter(write: Write): Write {
  return (json, sealer) => {
    if (!isJsonArray(json)) throw new Misfit();
    let text = "[";
    for (const item of json) text += text === "[" ? write(item, sealer) : `,${write(item, sealer)}`;
    return `${text}]`;
  };
}

/** Extension values have a short form wherever the schema knows their type: the text that makes them. */
function extensionWriter(constructor: string): Write {
  return (json) => {
    const text = typeof json === "string" ? json : madeOf(json, constructor);
    return text === undefined ? canonicalText(json) : JSON.stringify(text);
  };
}

/** An address says who somebody is: it is sealed by its canonical text, so that two spellings of one are equal. */
function addressText(json: Json, sealer: Sealer): string {
  const { constructor, parse } = EXTENSIONS.ipaddr;
  const text = typeof json === "string" ? json : madeOf(json, constructor);
  const address = text === undefined ? undefined : parse(text);
  if (!(address instanceof IpAddress)) throw new Misfit();
  return sealer.text(address.canonical);
}

function madeOf(json: Json, constructor: string): string | undefined {
  const call = member(json, "__extn");
  const text = member(call, "arg");
  return typeof text === "string" && member(call, "fn") === constructor ? text : undefined;
}
