// SPDX-License-Identifier: Apache-2.0
// Messages over stdio: one a line, of bounded length (MCP, stdio transport).

/** UNIT: bytes. A little over what the gate takes, so that it says itself what is too large. */
export const LINE_MAX_BYTES: number = 4 * 1024 * 1024 + 64 * 1024;

/** Each line as text; `undefined` in place of one that is too long or no UTF-8. Empty lines are passed over. */
export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined, void> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const piece of input) {
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      const line = wholeLine([...held, piece.subarray(from, end)], size + end - from);
      if (line !== "") yield line;
      [held, size, from] = [[], 0, end + 1];
    }
    size += piece.length - from;
    // what is too long is read to its end and forgotten
    held = size > LINE_MAX_BYTES ? [] : [...held, piece.subarray(from)];
  }
  const rest = wholeLine(held, size);
  if (rest !== "") yield rest;
}

function wholeLine(pieces: readonly Uint8Array[], size: number): string | undefined {
  if (size > LINE_MAX_BYTES) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces)).trim();
  } catch {
    return undefined; // no UTF-8: nothing that is JSON
  }
}
