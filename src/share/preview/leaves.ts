// SPDX-License-Identifier: Apache-2.0
// Every leaf of a JSON value with its pointer.
import { isJsonArray, isJsonObject, type Json, RawNumber } from "../../core/index.ts";

export interface Leaf {
  /** RFC 6901. */
  readonly pointer: string;
  readonly text: string;
}

/** In document order; what is no text is given as it would be written. */
export function* leavesOf(json: Json, pointer = ""): Generator<Leaf> {
  if (isJsonArray(json)) for (const [i, item] of json.entries()) yield* leavesOf(item, `${pointer}/${i}`);
  else if (isJsonObject(json)) {
    for (const [name, value] of Object.entries(json))
      yield* leavesOf(value, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  } else yield { pointer, text: json instanceof RawNumber ? json.lexeme : String(json) };
}
