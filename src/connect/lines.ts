// SPDX-License-Identifier: Apache-2.0
// Messages over stdio: one a line, of bounded length (MCP, stdio transport).
import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";

/** UNIT: bytes. A little over what the gate takes, so that it says itself what is too large. */
export const LINE_MAX_BYTES: number = 4 * 1024 * 1024 + 64 * 1024;

/**
 * Gives each line as text, in the tick in which it comes; `undefined` in place of one that is too long or no UTF-8. Empty
 * lines are passed over. Resolves at the end of the input.
 */
export function takeLines(input: Readable, take: (line: string | undefined) => void): Promise<void> {
  let held: Uint8Array[] = [];
  let size = 0;
  const end = (last: Uint8Array): void => {
    const line = size + last.length > LINE_MAX_BYTES ? undefined : textOf(held, last);
    [held, size] = [[], 0];
    if (line !== "") take(line);
  };
  input.on("data", (piece: Buffer) => {
    let from = 0;
    for (let to = piece.indexOf(10); to >= 0; to = piece.indexOf(10, from)) {
      end(piece.subarray(from, to));
      from = to + 1;
    }
    size += piece.length - from;
    // what is too long is read to its end and forgotten
    if (size > LINE_MAX_BYTES) held = [];
    else if (from < piece.length) held.push(piece.subarray(from));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  input.once("end", () => end(new Uint8Array()));
  // a pipe that breaks ends the input too
  for (const over of ["end", "close", "error"]) input.once(over, () => resolve());
  return promise;
}

function textOf(held: readonly Uint8Array[], last: Uint8Array): string | undefined {
  const bytes =
    held.length === 0 ? Buffer.from(last.buffer, last.byteOffset, last.length) : Buffer.concat([...held, last]);
  return isUtf8(bytes) ? bytes.toString("utf8").trim() : undefined; // no UTF-8: nothing that is JSON
}
