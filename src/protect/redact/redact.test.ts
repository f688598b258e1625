// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Json, NEUTRAL_LABEL, parseCategory, parseJson, writeJson } from "../../core/index.ts";
import { CUT_ANYWHERE, CUT_AT_SPACE, CUT_FROM, cut } from "../detect/windows.ts";
import { testInspector } from "../testing/world.ts";
import { type Redacted, redactor } from "./redactor.ts";

const inspector = testInspector();
const mask = redactor(inspector, [{ categories: "all", style: "mask" }]);

function value<T>(redacted: Redacted<T>): T {
  if (redacted.withheld) throw new Error(redacted.why);
  return redacted.value;
}

test("P43: a mask says what stood there, and no digit of it", () => {
  const text = "card 4111 1111 1111 1111, NIR 2 95 10 99 126 111 93, IBAN GB29NWBK60161331926819, anna@example.com";
  const redacted = mask.text(text);
  expect(redacted).toMatchObject({ withheld: false });
  expect(value(redacted)).toBe(
    "card [masked payment card], NIR [masked national id FR], IBAN [masked iban GB], [masked email]",
  );
  expect(redacted.withheld ? [] : redacted.counts).toEqual([
    { type: "email", categories: ["personal"], count: 1 },
    { type: "iban", categories: ["personal", "financial"], jurisdiction: "GB", count: 1 },
    { type: "national-id", categories: ["personal", "government"], jurisdiction: "FR", count: 1 },
    { type: "payment-card", categories: ["personal", "financial"], count: 1 },
  ]);
});

test("P43: masking what is masked changes nothing", () => {
  const once = value(mask.text("password: Summer2024! and anna@example.com, SSN 536-90-4399"));
  expect(value(mask.text(once))).toBe(once);
});

test("P43: drop leaves nothing, and only the categories named go", () => {
  const secrets = redactor(inspector, [{ categories: [parseCategory("secret")], style: "drop" }]);
  expect(value(secrets.text("password: Summer2024! for anna@example.com"))).toBe("password:  for anna@example.com");
  const both = redactor(inspector, [
    { categories: "all", style: "mask" },
    { categories: [parseCategory("personal")], style: "drop" },
  ]);
  expect(value(both.text("password: Summer2024! for anna@example.com"))).toBe("password: [masked secret] for ");
  const none = redactor(inspector, []);
  expect(value(none.text("anna@example.com"))).toBe("anna@example.com");
});

test("P45: JSON is masked on its leaves and names, numbers become texts, the rest stays as it was written", () => {
  const json = parseJson(
    '{"anna@example.com":4111111111111111,"bob@example.com":4.111111111111111e15,"rate":1.50,"ok":[true,null,"x"],"ssn":536904399}',
  );
  expect(writeJson(value(mask.json(json)))).toBe(
    '{"[masked email]":"[masked payment card]","[masked email] 2":"[masked payment card]","rate":1.50,"ok":[true,null,"x"],"ssn":"[masked national id US]"}',
  );
  const drop = redactor(inspector, [{ categories: "all", style: "drop" }]);
  expect(writeJson(value(drop.json(json)))).toBe(
    '{"dropped":null,"dropped 2":null,"rate":1.50,"ok":[true,null,"x"],"ssn":null}',
  );
});

test("P45: overlapping detections are one gap, named by the longest", () => {
  const text = "see https://anna:hunter22@example.com/x";
  expect(value(mask.text(text))).toMatch(/^see \[masked secret\]\/x$/);
  const encoded = Buffer.from("mail anna@example.com, card 4111111111111111 ok").toString("base64");
  expect(value(mask.text(`a ${encoded} b`))).toMatch(/^a \[masked (?:email|payment card)\] b$/);
});

test("P47: a text with a lone surrogate, and an empty one, pass through", () => {
  expect(value(mask.text(""))).toBe("");
  expect(value(mask.text("a\ud800b"))).toBe("a\ud800b");
});

test("P46: nothing is let go that may still become part of a value", () => {
  const stream = mask.stream();
  let out = "";
  for (const piece of [
    "x ".repeat(2000),
    "\n",
    "y\n".repeat(800),
    "card 4111 11",
    "11 1111 ",
    "1111 and IB",
    "AN GB29 NWBK 6016 1331 9268",
    " 19",
  ]) {
    out += stream.push(piece);
    expect(out).not.toMatch(/4111|GB29/);
  }
  expect(out.length).toBeGreaterThan(0);
  out += stream.flush();
  expect(out.endsWith("card [masked payment card] and IBAN [masked iban GB]")).toBe(true);
  expect(stream.result()).toMatchObject({ withheld: false, counts: [{ count: 1 }, { count: 1 }] });
});

test("P46: a stream takes nothing after its end", () => {
  const stream = mask.stream();
  stream.flush();
  expect(stream.push("late")).toBe("");
  expect(stream.result()).toMatchObject({ withheld: true });
});

const key = `-----BEGIN PRIVATE KEY-----\n${`${"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(2)}\n`.repeat(40)}-----END PRIVATE KEY-----`;
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(" ", "\n", "\n\n", " the quick brown fox ", ", ", "😀 ", "é ", "日本語") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      " card 4111 1111 1111 1111 ",
      " anna@example.com ",
      " SSN 536-90-4399 ",
      "password: Summer2024! ",
      " GB29 NWBK 6016 1331 9268 19\n",
      ` ${Buffer.from("mail anna@example.com today").toString("base64")} `,
      " ４１１１ 1111 1111 1111 ",
      `\n${key}\n`,
      " -----BEGIN RSA PRIVATE KEY----- ",
    ),
  },
  { weight: 1, arbitrary: fc.nat(6000).map((n) => "a".repeat(n)) },
  { weight: 1, arbitrary: fc.nat(2000).map((n) => "lorem ipsum ".repeat(n / 10)) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);
const longText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

test("P47: for every way to cut a text into pieces, the stream gives what the whole text gives", {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(longText, fc.array(fc.nat(3000), { minLength: 1, maxLength: 30 }), (text, sizes) => {
      const whole = mask.text(text);
      const stream = mask.stream();
      let out = "";
      for (let at = 0, i = 0; at < text.length; i++) {
        const size = (sizes[i % sizes.length] ?? 0) + 1;
        out += stream.push(text.slice(at, at + size));
        at += size;
      }
      out += stream.flush();
      expect(out).toBe(value(whole));
      expect(stream.result()).toEqual({ ...whole, value: null });
      expect(out).not.toMatch(/4111 1111 1111|anna@example|536-90|Summer2024|MIIEvQIB|GB29 NWBK/);
    }),
    { numRuns: 60 },
  );
});

test("P47: one unit at a time gives the same", () => {
  const text = `${"word ".repeat(400)}card 4111 1111 1111 1111 ${"more ".repeat(300)}anna@example.com`;
  const stream = mask.stream();
  let out = "";
  for (const unit of text) out += stream.push(unit);
  expect(out + stream.flush()).toBe(value(mask.text(text)));
});

test("P47: where a text is cut does not depend on what comes later", () => {
  fc.assert(
    fc.property(longText, longText, (text, more) => {
      const early = cut(text, 0, false);
      if (early === undefined) return;
      expect(cut(text, 0, true)).toBe(early);
      expect(cut(text + more, 0, true)).toBe(early);
    }),
    { numRuns: 200 },
  );
});

test("P46: a text is cut at a line, else at a space, else anywhere, but not inside a key", () => {
  expect(cut(`${"a".repeat(CUT_FROM + 5)}\n${"b".repeat(5000)}`, 0, false)).toBe(CUT_FROM + 6);
  expect(cut(`${"a".repeat(3000)} ${"b".repeat(5000)}`, 0, false)).toBe(3001);
  expect(cut("a".repeat(CUT_ANYWHERE + 100), 0, false)).toBe(CUT_ANYWHERE);
  expect(cut("a".repeat(CUT_AT_SPACE), 0, false)).toBeUndefined();
  const text = `${"x\n".repeat(500)}${key}${"\ny".repeat(500)}`;
  expect(cut(text, 0, false)).toBe(1000 + key.length);
});

test("P45: masking keeps the shape of every JSON value", () => {
  const shape = (json: Json): unknown =>
    Array.isArray(json)
      ? json.map(shape)
      : json !== null && typeof json === "object"
        ? Object.values(json).map(shape)
        : "leaf";
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      const parsed = parseJson(JSON.stringify(json));
      expect(shape(value(mask.json(parsed)))).toEqual(shape(parsed));
    }),
  );
});

test("P45: texts that a reader joins lose what crosses a seam, and keep what does not", () => {
  const texts = ["call anna@exam", "ple.com or bob@example.com, IB", "AN GB29NWBK60161331926819"];
  expect(value(mask.seams(texts, ["text"]))).toEqual([
    "call [masked email]",
    " or bob@example.com, IB",
    "AN GB29NWBK60161331926819",
  ]);
  expect(value(mask.seams(["nothing", " here"], []))).toEqual(["nothing", " here"]);
  expect(value(mask.seams([], []))).toEqual([]);
});

test("P47: wherever a value is cut, what is left of all pieces is the masked text", () => {
  const whole = "card 4111 1111 1111 1111, NIR 2 95 10 99 126 111 93, then anna@example.com and no more";
  const masked = value(mask.text(whole));
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 6 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
      const pieces = at.slice(1).map((to, i) => whole.slice(at[i], to));
      const sewn = value(mask.seams(pieces, []));
      const each = value(mask.json([...sewn]));
      expect(Array.isArray(each) ? each.join("") : "").toBe(masked);
    }),
  );
});

test("P45: what was inspected before it is masked is masked the same without a second look", async () => {
  const text = fc
    .array(
      fc.constantFrom("4111 1111 1111 1111", "anna@example.com", "a word ", "b ".repeat(700), "\n", "token: aB3$x9Qz1"),
    )
    .map((parts) => parts.join(" "));
  const names = fc.constantFrom("note", "password", "anna@example.com", "ssn");
  const json = fc.dictionary(names, fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.constant(536_904_399)));
  await fc.assert(
    fc.asyncProperty(json, async (given) => {
      const part = parseJson(JSON.stringify(given));
      const { looked } = await inspector.inspect({ json: part }, { source: NEUTRAL_LABEL, mayMask: true });
      const known = redactor(inspector, [{ categories: "all", style: "mask" }], looked);
      expect(looked?.length ?? 0).toBeGreaterThanOrEqual(Object.keys(given).length);
      expect(known.json(part)).toEqual(mask.json(part));
    }),
    { numRuns: 50 },
  );
});
