// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EVENT_MAX_CHARS, EventReader } from "./events.ts";

function events(...pieces: readonly string[]): readonly string[] {
  const reader = new EventReader();
  return pieces.flatMap((piece) => reader.push(piece)).map(({ data }) => data);
}

test("sdk events: an event has the name that was given for it alone, and the id that came last", () => {
  const read = new EventReader().push(
    "event: beat\ndata: a\n\nid: 7\ndata: b\n\nevent: entry\ndata: c\n\nid: x\0\ndata: d\n\n",
  );
  expect(read.map(({ name, id, data }) => [name, id, data])).toEqual([
    ["beat", undefined, "a"],
    ["message", "7", "b"],
    ["entry", "7", "c"],
    ["message", "7", "d"],
  ]);
});

test("sdk events: only whole events count, whatever else the stream carries", () => {
  expect(events("id: 1\nevent: entry\ndata: a\nretry: 5\n\n: beat\n\ndata:b\r\n\r\ndata: c\n")).toEqual(["a", "b"]);
});

test("sdk events: several data lines are one event, a lone `data` is an empty line of it", () => {
  expect(events("data: a\ndata\ndata:  b\n\n")).toEqual(["a\n\n b"]);
});

test("sdk events: a stream reads the same in whatever pieces it comes", () => {
  const line = fc.constantFrom("data: a", "data: b", "data", "", ": beat", "id: 3", "event: x");
  const end = fc.constantFrom("\n", "\r\n", "\r");
  const streams = fc.array(fc.tuple(line, end).map((pair) => pair.join("")));
  fc.assert(
    fc.property(streams, fc.array(fc.nat(40)), (lines, cuts) => {
      // a last line end that is "\r" waits for what follows it, so every stream ends with a whole event
      const stream = `${lines.join("")}\n\n`;
      const at = [0, ...cuts.map((cut) => cut % stream.length).toSorted((a, b) => a - b), stream.length];
      const pieces = at.slice(1).map((cut, i) => stream.slice(at[i], cut));
      expect(events(...pieces)).toEqual(events(stream));
    }),
  );
});

test("sdk events: an event without an end is not kept for ever", () => {
  const half = "x".repeat(EVENT_MAX_CHARS / 2);
  expect(() => events(`data: ${half}\n`, `data: ${half}\n`)).toThrow("one is over");
  expect(() => events(half, half, "x")).toThrow("one is over");
});
