// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ContainmentView, IdentityView } from "../../../../src/sdk/index.ts";
import { COLUMNS, choiceHref, choose, KINDS, orderOn, readChoice, STATES, sentenceOf } from "./roster.ts";

function identity(name: string, more: Partial<IdentityView> = {}): IdentityView {
  return {
    id: `spiffe://office.example/agent/${name}`,
    kind: "agent",
    name,
    status: "active",
    sponsor: "spiffe://office.example/human/anna",
    blueprint: undefined,
    purpose: "billing",
    environment: "demo",
    jurisdiction: "FR",
    expires: undefined,
    left: undefined,
    synthetic: false,
    instances: [],
    mandates: [],
    ...more,
  };
}

const ORDER: ContainmentView = {
  id: "c1",
  effect: "isolate",
  scope: { kind: "identity", id: "spiffe://office.example/agent/a" },
  because: "",
  state: "effective",
  orderedAt: "2026-12-06T09:00:00.000Z",
  automatic: true,
  points: [],
};

test("X22: every choice comes back out of its address", () => {
  const choices = fc.record(
    {
      kind: fc.constantFrom(...KINDS),
      status: fc.constantFrom(...STATES),
      sponsor: fc.string({ minLength: 1 }),
      by: fc.constantFrom(...COLUMNS),
      isDown: fc.boolean(),
    },
    { requiredKeys: ["by", "isDown"] },
  );
  fc.assert(
    fc.property(choices, (choice) => {
      const { searchParams } = new URL(choiceHref(choice), "http://localhost:7400");
      expect(readChoice(searchParams)).toEqual(choice);
    }),
  );
});

test("X22: what an address names and nobody knows is dropped", () => {
  expect(readChoice(new URLSearchParams("kind=robot&status=happy&sort=-shoe"))).toEqual({ by: "name", isDown: true });
});

test("X37: narrowed by kind, status and sponsor, sorted either way, and what has no value comes last", () => {
  const all = [
    identity("b", { expires: "2026-12-02T00:00:00.000Z" }),
    identity("a", { expires: "2026-12-01T00:00:00.000Z", status: "suspended" }),
    identity("c", { kind: "human", sponsor: undefined }),
  ];
  const names = (search: string): readonly string[] =>
    choose(all, readChoice(new URLSearchParams(search))).map(({ name }) => name);
  expect(names("")).toEqual(["a", "b", "c"]);
  expect(names("sort=-name")).toEqual(["c", "b", "a"]);
  expect(names("sort=expires")).toEqual(["a", "b", "c"]);
  expect(names("sort=-expires")).toEqual(["b", "a", "c"]);
  expect(names("kind=human")).toEqual(["c"]);
  expect(names("status=suspended&sponsor=anna")).toEqual(["a"]);
});

test("X21: the first line says who is active and who is contained, and never takes what was not read for nobody", () => {
  const all = [identity("a"), identity("b", { status: "suspended" })];
  expect(sentenceOf(all, [ORDER], true)).toBe("1 of 2 identities is active. 1 is contained.");
  expect(sentenceOf(all, [{ ...ORDER, state: "released" }], true)).toBe(
    "1 of 2 identities is active. Nobody is contained.",
  );
  expect(sentenceOf(all, undefined, false)).toBe(
    "1 of at least 2 identities is active. Who is contained could not be read.",
  );
  expect(orderOn("spiffe://office.example/agent/b", [ORDER])).toBeUndefined();
});
