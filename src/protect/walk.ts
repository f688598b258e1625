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
export function leaves(json: Json, path = ""): readonly Leaf[] {
  const found: Leaf[] = [];
  walk(json, path, [], found);
  return found;
}

function walk(json: Json, path: string, names: readonly string[], found: Leaf[]): void {
  if (typeof json === "string") found.push({ kind: "value", text: json, path, names });
  else if (typeof json === "number" || json instanceof RawNumber) {
    found.push({ kind: "number", text: numberText(json), path, names });
  } else if (isJsonArray(json)) {
    for (let i = 0; i < json.length; i++) walk(json[i] ?? null, `${path}/${i}`, names, found);
  } else if (isJsonObject(json)) {
    let position = 0;
    for (const name of Object.keys(json)) {
      const at = `${path}/${segment(name, position++)}`;
      found.push({ kind: "name", text: name, path: at, names });
      walk(json[name] ?? null, at, [...names, name], found);
    }
  }
}

/** A number in plain digits where it is a whole one, however it was written (`4.111e15`), else as it was written. */
export function numberText(number: number | RawNumber): string {
  if (typeof number === "number") return String(number);
  const plain = String(Number(number.lexeme));
  return /^-?[0-9]+$/.test(number.lexeme) || !/^-?[0-9]+$/.test(plain) ? number.lexeme : plain;
}

/** What nearly all are called: letters, or none but a few digits among them. */
const PLAIN_NAME = /^[A-Za-z_$][A-Za-z_$]{0,63}$/;

/** A path is written down and shown, so a name that may itself be a value is replaced by its position. */
function segment(name: string, position: number): string {
  if (PLAIN_NAME.test(name)) return name;
  return /^(?!.*[0-9]{5})[\p{L}_$][\p{L}\p{N}_$. -]{0,63}$/u.test(name) ? name : `#${position}`;
}
