// SPDX-License-Identifier: Apache-2.0
// Reads an answer part by part: each function gives a value of the asked type or says which part was something else.
import { SdkError } from "./errors.ts";

/** A JSON object whose members nobody looked at yet. */
export type Members = Readonly<Record<string, unknown>>;

/** A value and where it stood in the answer, such as `status.servers[0].id`. */
export interface Part {
  readonly value: unknown;
  readonly at: string;
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(part: Part, wanted: string): SdkError {
  const found = part.value === null ? "null" : Array.isArray(part.value) ? "a list" : typeof part.value;
  return new SdkError("SDK_ANSWER_MALFORMED", `reading the answer: \`${part.at}\` is ${found}, not ${wanted}`);
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function members(part: Part): Members {
  if (!isMembers(part.value)) throw wrong(part, "an object");
  return part.value;
}

export function member(part: Part, name: string): Part {
  const object = members(part);
  return { value: Object.hasOwn(object, name) ? object[name] : undefined, at: `${part.at}.${name}` };
}

export function text(part: Part): string {
  if (typeof part.value !== "string") throw wrong(part, "text");
  return part.value;
}

/** A whole number that a double holds exactly. */
export function whole(part: Part): number {
  if (!Number.isSafeInteger(part.value)) throw wrong(part, "a whole number");
  return Number(part.value);
}

export function flag(part: Part): boolean {
  if (typeof part.value !== "boolean") throw wrong(part, "true or false");
  return part.value;
}

export function list<T>(part: Part, read: (item: Part) => T): readonly T[] {
  if (!Array.isArray(part.value)) throw wrong(part, "a list");
  return part.value.map((value: unknown, i) => read({ value, at: `${part.at}[${i}]` }));
}

/** `undefined` where the member is left out. */
export function maybe<T>(part: Part, read: (part: Part) => T): T | undefined {
  return part.value === undefined ? undefined : read(part);
}

/** One of some words. */
export function oneOf<T extends string>(part: Part, words: readonly T[]): T {
  const found = words.find((word) => word === part.value);
  if (found === undefined) throw wrong(part, `one of ${words.join(", ")}`);
  return found;
}
