// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { LINE_MAX_BYTES, takeLines } from "./lines.ts";

async function taken(pieces: readonly Uint8Array[]): Promise<(string | undefined)[]> {
  const lines: (string | undefined)[] = [];
  await takeLines(Readable.from(pieces.map((piece) => Buffer.from(piece))), (line) => void lines.push(line));
  return lines;
}

it("MCP stdio: the same lines, however the bytes are cut", async () => {
  const line = fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replaceAll(/[\r\n]/g, "").trim());
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat({ max: 20 })), async (lines, cuts) => {
      const whole = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      const pieces: Buffer[] = [];
      let at = 0;
      for (const cut of cuts) pieces.push(whole.subarray(at, (at += cut)));
      pieces.push(whole.subarray(at));
      expect(await taken(pieces.filter(({ length }) => length > 0))).toEqual(lines.filter((text) => text !== ""));
    }),
    { numRuns: 50 },
  );
});
it("a last line needs no end; what is no UTF-8 or too long is said to be, and what follows is read", async () => {
  expect(await taken([Buffer.from("a\r\nb")])).toEqual(["a", "b"]);
  expect(await taken([Buffer.from([0xff, 10]), Buffer.from("b\n")])).toEqual([undefined, "b"]);
  const long = Buffer.alloc(LINE_MAX_BYTES + 1, 97);
  expect(await taken([long, Buffer.from("\nb\n")])).toEqual([undefined, "b"]);
});
