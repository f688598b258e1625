// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { jsonObject, type RecordedEntry } from "../core/index.ts";
import { decisionRow, shownAnswer } from "./decision-row.ts";
import { decisionEntry, fakeEntries } from "./testing/entries.ts";

const AT = 1_796_547_600_000;

async function rowOf(
  add: Parameters<ReturnType<typeof fakeEntries>["add"]>[0],
): Promise<ReturnType<typeof decisionRow>> {
  const entries = fakeEntries();
  entries.add(add);
  const read: RecordedEntry[] = [];
  for await (const entry of entries.read({ from: 0 })) read.push(entry);
  return read[0] === undefined ? undefined : decisionRow(read[0]);
}

test("X36: a line says what the caller got: the stricter of the answers to the call and to its result", async () => {
  expect(shownAnswer(decisionEntry(AT, "allow", "limit"))).toBe("limit");
  expect(shownAnswer(decisionEntry(AT, "log", "allow"))).toBe("log");
  expect(await rowOf(decisionEntry(AT, "allow", "limit"))).toEqual({
    index: 0,
    id: "0190b5a2-0000-7000-8000-000000000000",
    reference: expect.stringMatching(/^BW-[0-9A-Z]{7}$/) as string,
    at: "2026-12-06T09:00:00.000Z",
    verb: "view",
    resource: "files/a.txt",
    answer: "limit",
    why: "masks",
    ms: 3,
    labels: [],
    policies: ["reads-in-team", "masks"],
  });
});

test("X36: without a rule that stopped anything the rule that permitted is named, without any the gate's reason", async () => {
  expect(await rowOf(decisionEntry(AT, "allow"))).toMatchObject({ why: "reads-in-team" });
  const bare = [
    ["type", "decision"],
    ["answer", "deny"],
    ["refusal", "policy_denied"],
  ] as const;
  expect(await rowOf(jsonObject(bare))).toMatchObject({ why: "policy_denied", answer: "deny" });
});

test("X36: an answer that nobody knows is the strictest, and no decision is no line", async () => {
  expect(
    shownAnswer(
      jsonObject([
        ["type", "decision"],
        ["answer", "perhaps"],
      ]),
    ),
  ).toBe("deny");
  expect(await rowOf(jsonObject([["type", "event"]]))).toBeUndefined();
});
