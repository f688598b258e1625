// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { parseWords } from "./command.ts";
import { upOptions } from "./commands/up.ts";
import { COMMANDS } from "./commands.ts";

function options(...words: readonly string[]): ReturnType<typeof upOptions> {
  const up = COMMANDS.find(({ name }) => name === "up");
  if (up === undefined) throw new Error("the table has no up");
  return upOptions(parseWords(up, words), "/work");
}

test("up: nothing given leaves everything to the configuration", () => {
  expect(options()).toEqual({ demo: false, once: false, json: false, input: true, cwd: "/work" });
});

test("up: every option reaches the server", () => {
  const words = ["--demo", "--data", "d", "--port=0", "--config", "c.yaml", "--once", "--json", "--no-input"];
  expect(options(...words)).toEqual({
    demo: true,
    data: "d",
    port: 0,
    config: "c.yaml",
    once: true,
    json: true,
    input: false,
    cwd: "/work",
  });
});

test("up: a port that is none is wrong use", () => {
  for (const port of ["65536", "-1", "http", "1e3", "0x1F"]) {
    expect(() => options(`--port=${port}`)).toThrow(`--port ${port} is no port`);
  }
});
