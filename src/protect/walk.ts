// SPDX-License-Identifier: Apache-2.0
// Walks parsed JSON: every text in it, whether it is a value, a number as it was written, or the name of a member.
import { isJsonArray, isJsonObject, type Json, RawNumber } from "../core/index.ts";

export interface Leaf {
  readonly kind: "value" | "number" | "name";
  readonly text: string;
  /** JSON pointer (RFC 6901). */
  readonly path: string;
  /** Member names that lead here, outermost first; positions in arrays are left out. */
  readonly names: readonly string[];
}

/** Every leaf in document order; the name of a member comes before its value. */
export function* leaves(json: Json, path = "", names: readonly string[] = []): Generator<Leaf> {
  if (typeof json === "string") yield { kind: "value", text: json, path, names };
  else if (typeof json === "number" || json instanceof RawNumber) {
    yield { kind: "number", text: numberText(json), path, names };
  } else if (isJsonArray(json)) {
    for (const [i, item] of json.entries()) yield* leaves(item, `${path}/${i}`, names);
  } else if (isJsonObject(json)) {
    for (const [i, [name, value]] of Object.entries(json).entries()) {
      const at = `${path}/${segment(name, i)}`;
      yield { kind: "name", text: name, path: at, names };
      yield* leaves(value, at, [...names, name]);
    }
  }
}

/** A number in plain digits where it is a whole one, however it was written (`4.111e15`), else as it was written. */
export function numberText(number: number | RawNumber): string {
  if (typeof number === "number") return String(number);
  const plain = String(Number(number.lexeme));
  return /^-?[0-9]+$/.test(number.lexeme) || !/^-?[0-9]+$/.test(plain) ? number.lexeme : plain;
}

/** A path is written down and shown, so a name that may itself be a value is replaced by its position. */
function segment(name: string, position: number): string {
  return /^(?!.*[0-9]{5})[\p{L}_$][\p{L}\p{N}_$. -]{0,63}$/u.test(name) ? name : `#${position}`;
}
