// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { attempt, VerifyError } from "./fault.ts";
import { parsePolicy, policyOf } from "./index.ts";

/** A key in the form of signed-note; nothing is ever signed with it. */
function vkey(name: string, type: number, seed = name): string {
  const bytes = Buffer.concat([Uint8Array.of(type), hash("sha256", seed, "buffer")]);
  const id = hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), bytes])).slice(0, 8);
  return `${name}+${id}+${bytes.toString("base64")}`;
}

const LOG = vkey("example.com/log", 1);
const witness = (name: string): string => `witness ${name} ${vkey(`${name}.example`, 4)}`;

/** SOURCE: C2SP tlog-policy, "Example policy", with keys. */
const EXAMPLE = `log ${LOG}

${["X1", "X2", "X3"].map(witness).join("\n")}
group X-witnesses 2 X1 X2 X3

${["Y1", "Y2", "Y3"].map(witness).join("\n")}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

test("L27: the specification's example is read", () => {
  const policy = parsePolicy(EXAMPLE);
  expect(policy.logs.map(({ name }) => name)).toEqual(["example.com/log"]);
  expect([...policy.witnesses.keys()]).toEqual(["X1", "X2", "X3", "Y1", "Y2", "Y3"]);
  expect([...policy.groups.values()].map(({ atLeast }) => atLeast)).toEqual([2, 1, 2]);
  expect(policy.quorum).toBe("X-and-Y");
});

test("L27: comments, tabs, empty lines, urls and names of any octets are allowed", () => {
  const text = `\t# trust\n \n log\t${LOG}  https://example.com/log \n${witness("кит")} https://w.example\nquorum кит\n`;
  const policy = parsePolicy(Buffer.from(text));
  expect(policy.logs).toHaveLength(1);
  expect([...policy.witnesses.keys()]).toEqual([policy.quorum]);
});

test("L27: the policy of one key is that key and no witness", () => {
  expect(policyOf(LOG)).toEqual(parsePolicy(`log ${LOG}\nquorum none\n`));
});

test.each([
  ["no quorum line", `log ${LOG}\n`],
  ["two quorum lines", "quorum none\nquorum none\n"],
  ["a quorum that is not defined", "quorum X1\n"],
  ["a quorum that is defined below", `quorum X1\n${witness("X1")}\n`],
  ["a last line that does not end", "quorum none"],
  ["a carriage return", "quorum none\r\n"],
  ["a delete character", "quorum none\n# \u007f\n"],
  ["an unknown word", "quorum none\ntrust me\n"],
  ["a comment behind a line", "quorum none # really\n"],
  ["the same log twice", `log ${LOG}\nlog ${vkey("example.com/other", 1, "example.com/log")}\nquorum none\n`],
  ["the same witness key twice", `${witness("X1")}\nwitness X2 ${vkey("other", 6, "X1.example")}\nquorum none\n`],
  ["a witness named twice", `${witness("X1")}\nwitness X1 ${vkey("other", 4)}\nquorum none\n`],
  ["a witness named none", `${witness("none")}\nquorum none\n`],
  ["a group named as a witness", `${witness("X1")}\ngroup X1 any X1\nquorum X1\n`],
  ["a group of nobody", "group G any\nquorum G\n"],
  ["a group of itself", "group G any G\nquorum G\n"],
  ["a group of none", "group G any none\nquorum G\n"],
  ["a group of more than all", `${witness("X1")}\ngroup G 2 X1\nquorum G\n`],
  ["a group of zero", `${witness("X1")}\ngroup G 0 X1\nquorum G\n`],
  ["a group of 01", `${witness("X1")}\ngroup G 01 X1\nquorum G\n`],
  ["a member twice in one group", `${witness("X1")}\ngroup G any X1 X1\nquorum G\n`],
  ["a member of two groups", `${witness("X1")}\ngroup G any X1\ngroup H any X1\nquorum G\n`],
  ["a log key of a witness's type", `log ${vkey("a", 4)}\nquorum none\n`],
  ["a witness key of a log's type", `witness W ${vkey("a", 1)}\nquorum W\n`],
  ["a key with a wrong id", `log ${LOG.replace(/\+[0-9a-f]{8}\+/, "+00000000+")}\nquorum none\n`],
  ["a log without a key", "log\nquorum none\n"],
])("L27: a policy with %s is refused", (_, policy) => {
  expect(() => parsePolicy(policy)).toThrow(VerifyError);
});

test("L27: a policy of 32 logs, witnesses and groups is read", () => {
  const lines = Array.from(
    { length: 32 },
    (_, i) => `log ${vkey(`log${i}`, 1)}\n${witness(`w${i}`)}\ngroup g${i} any w${i}`,
  );
  expect(parsePolicy(`${lines.join("\n")}\nquorum g31\n`).groups.size).toBe(32);
});

/** Characters that parsers get wrong. */
const odd = fc.constantFrom("\r", "\t", "\0", "\u007f", "\ud800", "é", "#", "+", "A", "\n");

test("L27: the policy parser throws nothing but its error", () => {
  const word = fc.constantFrom(
    "log",
    "witness",
    "group",
    "quorum",
    "none",
    "any",
    "all",
    "2",
    LOG,
    witness("W"),
    "\n",
    " ",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ unit: odd, maxLength: 5 })), { maxLength: 12 }), (words) => {
      // every other error goes on, and fails the test
      expect(attempt(() => parsePolicy(words.join(" ")))).toBeTypeOf("object");
    }),
  );
});
