// SPDX-License-Identifier: Apache-2.0
// Other ways to read a text: without what hides in Unicode, and with one encoding undone. Each view knows for every one
// of its units where that stands in the text it was made from, so that what is found in it can be pointed at and masked.
import type { Layer } from "../../core/index.ts";

export interface View {
  readonly text: string;
  readonly layer: Layer;
  /** Where unit `i` of this view begins and ends in the text it was made from; the end is exclusive. */
  begin(i: number): number;
  finish(i: number): number;
}

/** A view in the making: pieces in order, each from a range of the source. */
export class ViewBuilder {
  private readonly pieces: string[] = [];
  private readonly begins: number[] = [];
  private readonly ends: number[] = [];

  add(piece: string, start: number, end: number): void {
    this.pieces.push(piece);
    for (let i = 0; i < piece.length; i++) {
      this.begins.push(start);
      this.ends.push(end);
    }
  }

  /** Text that stands as it is from `start` on. */
  keep(text: string, start: number): void {
    this.pieces.push(text);
    for (let i = 0; i < text.length; i++) {
      this.begins.push(start + i);
      this.ends.push(start + i + 1);
    }
  }

  build(layer: Layer): View {
    const { begins, ends } = this;
    return { text: this.pieces.join(""), layer, begin: (i) => begins[i] ?? 0, finish: (i) => ends[i] ?? 0 };
  }
}

/** A view that replaces each match of `pattern` by `decode`, or `undefined` where nothing changes. */
export function replaced(
  text: string,
  layer: Layer,
  pattern: RegExp,
  decode: (match: string) => string | undefined,
): View | undefined {
  const builder = new ViewBuilder();
  let at = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    const piece = decode(match);
    if (piece === undefined) continue;
    builder.keep(text.slice(at, index), at);
    builder.add(piece, index, index + match.length);
    at = index + match.length;
  }
  if (at === 0) return undefined;
  builder.keep(text.slice(at), at);
  return builder.build(layer);
}
