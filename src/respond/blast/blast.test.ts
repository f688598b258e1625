// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { type EntryContent, instant, parseIdentityId } from "../../core/index.ts";
import { intentDraft, outcomeDraft, wholeDraft } from "../../record/testing/drafts.ts";
import { openTestRecord } from "../../record/testing/rooms.ts";
import { blastOf } from "./blast.ts";

const CLERK = parseIdentityId("spiffe://example.org/agent/clerk");
const label = (level: string, ...categories: readonly string[]) => ({
  level,
  categories,
  jurisdictions: [],
  trust: "peer",
  complete: true,
});
const content = (level: string, ...categories: readonly string[]): readonly EntryContent[] => [
  { direction: "in", label: label(level, ...categories), detections: {}, redacted: 0 },
];
const read = (id: string, looked: readonly EntryContent[] | undefined) => {
  const whole = wholeDraft();
  const objects = [{ ref: { type: "Document", id }, how: "read" }] as const;
  const outcome = { result: "completed", bytesIn: 1, bytesOut: 1, ms: 1, objects } as const;
  return { ...whole, outcome: looked === undefined ? outcome : { ...outcome, content: looked } };
};

test("R21: what was read, written, sent and handed on, by label; what nobody looked at is unknown, and never nothing", async () => {
  const { room, clock } = await openTestRecord();
  await room.append(read("files/old.txt", content("restricted")));
  clock.advance(1000);
  const since = clock.now();
  await room.append(read("files/a.csv", content("internal", "personal")));
  await room.append(read("files/a.csv", content("confidential", "financial")));
  await room.append(read("files/b.bin", undefined));
  const out = { kind: "partner", operator: "us-partner", jurisdiction: "US", listed: true } as const;
  const labels = { flow: label("confidential", "personal"), context: label("internal") };
  const { ref } = await room.append({ ...intentDraft(), destination: out, labels });
  const objects = [{ ref: { type: "Document", id: "outbox/x" }, how: "wrote" }] as const;
  await room.append({ ...outcomeDraft(ref), objects });
  const data = { jti: "t", path: ["s-1", "s-2"] };
  await room.append({ type: "event", name: "credential.issued", by: CLERK, data });
  const who = parseIdentityId("spiffe://example.org/agent/other");
  expect(await blastOf(room, { from: who, since })).toMatchObject({ touched: [], quality: "exact" });
  expect(await blastOf(room, { from: CLERK, since })).toEqual({
    from: CLERK,
    since,
    touched: [
      { how: "read", id: "files/a.csv", level: "confidential", categories: ["financial", "personal"], times: 2 },
      { how: "read", id: "files/b.bin", categories: [], times: 1 },
      { how: "wrote", id: "outbox/x", level: "confidential", categories: ["personal"], times: 1 },
      { how: "sent", id: "us-partner, US", level: "confidential", categories: ["personal"], times: 1 },
      { how: "delegated", id: "s-2", categories: [], times: 1 },
    ],
    quality: "exact",
    unknownOutcomes: 0,
    unlabelled: 1,
    people: { n: null, quality: "unknown" },
  });
  await room.close();
});

test("R21: an effect whose end nobody knows makes it at least; one that was refused is none", async () => {
  const { room } = await openTestRecord();
  const open = await room.append(intentDraft());
  const from = { from: CLERK, since: instant(0) };
  expect(await blastOf(room, from)).toMatchObject({ quality: "at-least", unknownOutcomes: 1 });
  await room.append({ ...outcomeDraft(open.ref), result: "unknown" });
  expect(await blastOf(room, from)).toMatchObject({ quality: "at-least", unknownOutcomes: 1 });
  const refused = await room.append(intentDraft());
  await room.append({ ...outcomeDraft(refused.ref), result: "refused" });
  expect(await blastOf(room, from)).toMatchObject({ unknownOutcomes: 1, touched: [] });
  await room.close();
});
