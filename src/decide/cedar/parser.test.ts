// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { member } from "../../core/index.ts";
import { fakeClock } from "../../core/testing/system.ts";
import { DecideError } from "../errors.ts";
import { CedarParser, PARSER_DEADLINE_MS } from "./parser.ts";
import { readPolicy } from "./read-policy.ts";

const open: CedarParser[] = [];
afterEach(async () => {
  for (const parser of open.splice(0)) await parser[Symbol.asyncDispose]();
});

function parserWith(clock = fakeClock()): CedarParser {
  const parser = new CedarParser(clock.timers);
  open.push(parser);
  return parser;
}

const PLAIN = "permit(principal, action, resource);";

test("D6: the literal 9223372036854775807 comes back whole", async () => {
  const text = "permit(principal, action, resource) when { 9223372036854775807 == -9223372036854775808 };";
  const json = member(await parserWith().call({ op: "policy", text }), "json") ?? null;
  expect(readPolicy("p", json).conditions[0]?.body).toEqual({
    kind: "binary",
    op: "==",
    left: { kind: "value", value: 2n ** 63n - 1n },
    right: { kind: "value", value: -(2n ** 63n) },
  });
});

test("D14: a text that is not Cedar is an answer, not an error", async () => {
  expect(member(await parserWith().call({ op: "policy", text: "permit(" }), "type")).toBe("failure");
});

test("D14: after a trap the worker is replaced, and the next call finds a sound one", async () => {
  const parser = parserWith();
  const deep = `permit(principal, action, resource) when { ${"[".repeat(2_000)}${"]".repeat(2_000)} };`;
  const trapped = parser.call({ op: "policy", text: deep });
  const queued = parser.call({ op: "policy", text: PLAIN });
  await expect(trapped).rejects.toMatchObject({ code: "DECIDE_PARSER_TRAPPED" });
  expect(member(await queued, "type")).toBe("success");
});

test("D14: a call that takes too long is given up, and the worker with it", async () => {
  const clock = fakeClock();
  const parser = parserWith(clock);
  const slow = parser.call({ op: "policy", text: PLAIN });
  await Promise.resolve();
  // no worker starts within a microtask, so the deadline comes first
  clock.advance(PARSER_DEADLINE_MS);
  await expect(slow).rejects.toMatchObject({ code: "DECIDE_PARSER_TIMEOUT" });
  expect(member(await parser.call({ op: "policy", text: PLAIN }), "type")).toBe("success");
});

test("D14: errors of the parser are this room's", async () => {
  const clock = fakeClock();
  const slow = parserWith(clock).call({ op: "policy", text: PLAIN });
  await Promise.resolve();
  clock.advance(PARSER_DEADLINE_MS);
  await expect(slow).rejects.toBeInstanceOf(DecideError);
});

test("D14: an idle parser keeps no process alive", async () => {
  const program = `
    import { CedarParser } from ${JSON.stringify(new URL("parser.ts", import.meta.url).href)};
    const parser = new CedarParser({ after: () => () => {}, every: () => () => {} });
    await parser.call({ op: "policy", text: ${JSON.stringify(PLAIN)} });
    process.stdout.write("asked and done");`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    timeout: 8_000,
  });
  expect(stdout).toBe("asked and done");
});
