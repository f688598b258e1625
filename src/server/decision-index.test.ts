// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "vitest";
import { type Answer, type Json, type JsonObject, jsonObject } from "../core/index.ts";
import type { DecisionFilter } from "./decision-filter.ts";
import { DecisionIndex, type DecisionPage, LOOK_BACK_ENTRIES } from "./decision-index.ts";
import { decisionEntry, fakeEntries } from "./testing/entries.ts";

const AT = 1_796_547_600_000;
const EVENT: JsonObject = jsonObject([["type", "event"]]);
const open: DecisionIndex[] = [];
afterEach(() => {
  for (const index of open.splice(0)) index.close();
});

function indexOf(entries: ReturnType<typeof fakeEntries>): DecisionIndex {
  const index = new DecisionIndex(entries);
  open.push(index);
  return index;
}

function indexes({ rows }: DecisionPage): readonly (Json | undefined)[] {
  return rows.map((row) => row["index"]);
}

function withMembers(entry: JsonObject, more: Readonly<Record<string, Json>>): JsonObject {
  return jsonObject([...Object.entries(entry), ...Object.entries(more)]);
}

const who = (name: string): Json =>
  jsonObject([
    ["identity", `spiffe://office.example/agent/${name}`],
    ["sponsor", "spiffe://office.example/human/anna"],
  ]);
const labels = (category: string): Json =>
  jsonObject([
    [
      "flow",
      jsonObject([
        ["level", "internal"],
        ["categories", [category]],
      ]),
    ],
  ]);
const outcome = (of: number, answer: Answer): JsonObject =>
  jsonObject([
    ["type", "outcome"],
    ["of", jsonObject([["index", of]])],
    ["ms", 12],
    [
      "release",
      jsonObject([
        ["answer", answer],
        [
          "policies",
          [
            jsonObject([
              ["id", "masks"],
              ["effect", "forbid"],
            ]),
          ],
        ],
      ]),
    ],
    ["content", [jsonObject([["label", jsonObject([["categories", ["personal"]]])]])]],
  ]);

test("X48: the newest come first, as many as were asked for, and the next page goes on where this one ended", async () => {
  const entries = fakeEntries();
  for (let n = 0; n < 700; n++) entries.add(n % 2 === 0 ? decisionEntry(AT + n, "allow") : EVENT);
  const index = indexOf(entries);
  for (let n = 700; n < 800; n++) entries.add(n % 2 === 0 ? decisionEntry(AT + n, "allow") : EVENT);
  const seen: (Json | undefined)[] = [];
  let cursor: number | undefined = 800;
  while (cursor !== undefined) {
    const page: DecisionPage = await index.find({ filter: {}, cursor, limit: 90 });
    seen.push(...indexes(page));
    expect(page).toMatchObject({ isExact: true, size: 800 });
    cursor = page.next;
  }
  expect(seen).toEqual(Array.from({ length: 400 }, (_, i) => 798 - 2 * i));
});

test("X36: each filter narrows, an empty one does not, and all of them have to hold", async () => {
  const entries = fakeEntries();
  entries.add(withMembers(decisionEntry(AT, "allow"), { who: who("one"), labels: labels("personal") }));
  entries.add(withMembers(decisionEntry(AT + 1000, "deny"), { who: who("two"), verb: "execute" }));
  entries.add(withMembers(decisionEntry(AT + 2000, "allow", "limit"), { who: who("two") }));
  entries.add(withMembers(decisionEntry(AT + 3000, "allow"), { mode: "observe", would: "deny" }));
  const index = indexOf(entries);
  const cases: readonly (readonly [DecisionFilter, readonly number[]])[] = [
    [{}, [3, 2, 1, 0]],
    [{ answers: ["deny", "limit"] }, [3, 2, 1]],
    [{ who: "spiffe://office.example/agent/one" }, [0]],
    [{ who: "two" }, [2, 1]],
    [{ who: "wo" }, []],
    [{ who: "anna" }, [2, 1, 0]],
    [{ verbs: ["execute"] }, [1]],
    [{ server: "files" }, []],
    [{ label: "personal" }, [0]],
    [{ label: "internal" }, [0]],
    [{ policy: "masks" }, [2]],
    [{ policy: "reads-in-team", who: "two" }, [2, 1]],
    [{ after: AT + 1000, before: AT + 3000 }, [2, 1]],
  ];
  for (const [filter, expected] of cases)
    expect([filter, indexes(await index.find({ filter, limit: 10 }))]).toEqual([filter, expected]);
});

test("X36: the outcome of an effect changes its line, whether it came while the server ran or was read back", async () => {
  const entries = fakeEntries();
  const intent = decisionEntry(AT, "allow");
  entries.add(intent);
  entries.add(outcome(0, "limit"));
  entries.add(intent);
  const index = indexOf(entries);
  entries.add(outcome(2, "allow"));
  entries.add(intent);
  entries.add(outcome(4, "limit"));
  const { rows } = await index.find({ filter: {}, limit: 10 });
  expect(rows.map(({ answer, ms, why }) => [answer, ms, why])).toEqual([
    ["limit", 12, "masks"],
    ["allow", 12, "masks"],
    ["limit", 12, "masks"],
  ]);
  expect(indexes(await index.find({ filter: { label: "personal" }, limit: 10 }))).toEqual([4, 2, 0]);
});

test("X36: a question that finds nothing reads a bounded part of the record, says so, and can go on", async () => {
  const entries = fakeEntries();
  entries.add(decisionEntry(AT, "deny"));
  for (let n = 0; n < LOOK_BACK_ENTRIES + 100; n++) entries.add(EVENT);
  const index = indexOf(entries);
  const first = await index.find({ filter: { answers: ["deny"] }, limit: 10 });
  expect(first).toMatchObject({ rows: [], isExact: false, next: 101 });
  const second = await index.find({ filter: { answers: ["deny"] }, limit: 10, cursor: 101 });
  expect([indexes(second), second.next, second.isExact]).toEqual([[0], undefined, true]);
});

test("X36: two questions at once get the same answer, and nothing is kept twice", async () => {
  const entries = fakeEntries();
  for (let n = 0; n < 600; n++) entries.add(decisionEntry(AT + n, "allow"));
  const index = indexOf(entries);
  const ask = (): Promise<DecisionPage> => index.find({ filter: {}, limit: 1000 });
  const [one, two] = await Promise.all([ask(), ask()]);
  expect([one.rows.length, two.rows.length]).toEqual([600, 600]);
  expect((await ask()).rows).toHaveLength(600);
});
