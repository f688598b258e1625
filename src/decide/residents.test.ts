// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { EntityJson, Json } from "../core/index.ts";
import { Residents } from "./residents.ts";

function entity(id: string, attrs: Record<string, Json> = {}, parents: readonly string[] = []): EntityJson {
  return { uid: { type: "T", id }, attrs, parents: parents.map((parent) => ({ type: "T", id: parent })) };
}

test("D44: a slice holds what rules can reach: what an entity is in, and what its attributes name, however deep", () => {
  const residents = new Residents();
  const named = { __entity: { type: "T", id: "named" } };
  for (const one of [
    entity("group", {}, ["all"]),
    entity("all"),
    entity("named", { of: [{ x: { type: "T", id: "deep" } }] }),
    entity("deep"),
    entity("stranger"),
  ])
    residents.put(one);
  const slice = residents.sliceOf([entity("root", { owner: named }, ["group"])]);
  expect(slice?.map(({ uid }) => uid.id)).toEqual(["root", "group", "named", "all", "deep"]);
});

test("D44: what would reach more than one question may hold is no slice, and circles end", () => {
  const residents = new Residents();
  for (let n = 0; n < 100; n += 1) residents.put(entity(`n${n}`, {}, [`n${(n + 1) % 100}`]));
  expect(residents.sliceOf([entity("root", {}, ["n0"])])).toBeUndefined();
  for (let n = 40; n < 100; n += 1) residents.remove({ type: "T", id: `n${n}` });
  expect(residents.sliceOf([entity("root", {}, ["n0"])])).toHaveLength(41);
});

test("D12: a write binds the next question, ids stand in order, and every write is another version", () => {
  const residents = new Residents(({ id }) => (id === "elsewhere" ? entity(id) : undefined));
  residents.put(entity("b"));
  residents.put(entity("a"));
  expect(residents.idsOf("T")).toEqual(["a", "b"]);
  const { version } = residents;
  residents.put(entity("a", { changed: true }));
  expect(residents.get({ type: "T", id: "a" })?.attrs).toEqual({ changed: true });
  expect(residents.get({ type: "T", id: "elsewhere" })).toBeDefined();
  residents.remove({ type: "T", id: "b" });
  residents.remove({ type: "T", id: "b" });
  expect([residents.idsOf("T"), residents.idsOf("None"), residents.version]).toEqual([["a"], [], version + 2]);
});
