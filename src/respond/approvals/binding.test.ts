// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalText, type DeskItem, digestOf, instant, parseCommitment, parseIdentityId } from "../../core/index.ts";
import { CALL, ITEM, itemFor, OTHER_MANDATE, OTHER_STEP, STEP } from "../testing/world.ts";
import { bindingOf, callKey, questionKey } from "./binding.ts";

const TERMS = { nonce: "AAAAAAAAAAAAAAAAAAAAAA", expires: instant(1_796_548_500_000) };
const digestFor = (item: DeskItem, terms = TERMS) => digestOf(bindingOf(item, terms));

test("R30: the binding is exactly these members, in canonical order", () => {
  expect(canonicalText(bindingOf(ITEM, TERMS))).toBe(
    `{"action":"execute","argsDigest":"c1:${"a".repeat(43)}","binds":{"tool":"write_file"},"expires":1796548500000,` +
      `"instance":"spiffe://test/agent/clerk/1","interaction":"${CALL.interaction}","mandate":"${CALL.mandate}",` +
      `"nonce":"AAAAAAAAAAAAAAAAAAAAAA","policy":"payments-need-a-person","policyDigest":"${ITEM.policyDigest}",` +
      `"principal":"spiffe://test/agent/clerk","resource":{"id":"files/payments/2041.json","type":"File"},` +
      `"scope":"exact","step":"${STEP}","uses":1,"v":1}`,
  );
});

test("R30: its digest is SHA-256 over that text", () => {
  const text = canonicalText(bindingOf(ITEM, TERMS));
  expect(digestFor(ITEM)).toBe(`sha256:${hash("sha256", text, "hex")}`);
});

test("R30: a mandate and a step that are not there are not bound, not bound as null", () => {
  const { mandate: _m, step: _s, ...call } = CALL;
  const binding = bindingOf({ ...ITEM, call }, TERMS);
  expect(Object.keys(binding)).not.toContain("mandate");
  expect(Object.keys(binding)).not.toContain("step");
});

const changed: readonly [string, DeskItem][] = [
  ["interaction", itemFor({ interaction: digestOf("other") })],
  ["policy", { ...ITEM, challenge: { ...ITEM.challenge, policy: "other" } }],
  ["policyDigest", { ...ITEM, policyDigest: digestOf("other") }],
  ["principal", itemFor({ principal: parseIdentityId("spiffe://test/agent/other") })],
  ["action", itemFor({ action: "share" })],
  ["resource type", itemFor({ resource: { type: "Folder", id: CALL.resource.id } })],
  ["resource id", itemFor({ resource: { type: "File", id: "files/other" } })],
  ["argsDigest", itemFor({ argsDigest: parseCommitment(`c1:${"b".repeat(43)}`) })],
  ["mandate", itemFor({ mandate: OTHER_MANDATE })],
  ["step", itemFor({ step: OTHER_STEP })],
  ["binds", { ...ITEM, binds: { tool: "other" } }],
  ["uses", { ...ITEM, challenge: { ...ITEM.challenge, uses: 2 } }],
];

test.each(changed)("R30: another %s is another digest and another question", (_member, item) => {
  expect(digestFor(item)).not.toBe(digestFor(ITEM));
  expect(questionKey(item)).not.toBe(questionKey(ITEM));
});

test("R30: another nonce or end is another digest", () => {
  expect(digestFor(ITEM, { ...TERMS, nonce: "BBBBBBBBBBBBBBBBBBBBBB" })).not.toBe(digestFor(ITEM));
  expect(digestFor(ITEM, { ...TERMS, expires: instant(1) })).not.toBe(digestFor(ITEM));
});

test("R30: no two calls share a key, whatever their texts hold", () => {
  const text = fc.string({ unit: fc.constantFrom('"', ",", "\\", "\n", "[", "a"), maxLength: 4 });
  const call = fc.record({ action: text, resource: fc.record({ type: text, id: text }) });
  fc.assert(
    fc.property(call, call, (a, b) => {
      const isSame = JSON.stringify(a) === JSON.stringify(b);
      expect(callKey({ ...CALL, ...a }) === callKey({ ...CALL, ...b })).toBe(isSame);
    }),
  );
});

test("R30: a call without a step is another than one with a step", () => {
  const { step: _step, ...call } = CALL;
  expect(callKey(call)).not.toBe(callKey({ ...call, step: STEP }));
});
