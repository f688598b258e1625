// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type DecisionDraft, parseIdentityId, parseMandateId, parseStepId, parseTaskId } from "../../core/index.ts";
import { intentDraft } from "../testing/drafts.ts";
import { folderOf, openTestRecord } from "../testing/rooms.ts";
import { type Check, parseOpenings, parsePolicy, VerifyError, verifyLog, verifyProof } from "../verify/index.ts";

const TASK = parseTaskId("01890000-0000-7000-8000-0000000000a1");
const OWNER = { mandate: { task: TASK }, person: parseIdentityId(`spiffe://gate.example/human/${"A".repeat(22)}`) };
const ARGS = '{"path":"files/reports/q3.md"}';
const RESULT = '{"content":[]}';

/** A log with one intent and its outcome, and what they commit to. */
async function world() {
  const record = await openTestRecord();
  const { room, fs } = record;
  const domain = room.domain(OWNER);
  const mandate = {
    id: parseMandateId("01890000-0000-7000-8000-0000000000a2"),
    task: TASK,
    s256: "A",
    step: parseStepId("01890000-0000-7000-8000-0000000000a3"),
    depth: 0,
    purpose: "test",
  };
  const args = room.commit(OWNER, "args", Buffer.from(ARGS));
  const draft: DecisionDraft = { ...intentDraft(), mandate, domain, digests: { args } };
  const intent = await room.append(draft);
  const digest = room.commit(OWNER, "result", Buffer.from(RESULT));
  const about = { result: "completed", bytesIn: 1, bytesOut: 1, ms: 0, objects: [] } as const;
  const outcome = await room.append({ type: "outcome", of: intent.ref, domain, ...about, digest });
  const trust = parsePolicy(Buffer.from(room.trustPolicy()));
  return { record, room, fs, intent: intent.ref, outcome: outcome.ref, trust };
}

function opening(checks: readonly Check[]): Check | undefined {
  return checks.find(({ name }) => name === "opening");
}

test("L7: an opening shows what an entry committed to, by its proof alone and in the whole log", async () => {
  const { room, fs, intent, outcome, trust } = await world();
  const given = [
    ...(await room.open(intent.index, { args: ARGS })),
    ...(await room.open(outcome.index, { result: RESULT })),
  ];
  expect(given.map(({ field, content }) => [field, content])).toEqual([
    ["args", ARGS],
    ["result", RESULT],
  ]);
  const openings = parseOpenings(JSON.stringify({ openings: given }));
  const proof = await room.prove(intent.index);
  const [first] = openings;
  const alone = verifyProof(proof, trust, { openings: first === undefined ? [] : [first] });
  expect(opening(alone.checks)).toMatchObject({ result: "passed" });
  const partly = verifyProof(proof, trust, { openings });
  expect(opening(partly.checks)?.result).toBe("not-run");
  expect(opening(partly.checks)?.detail).toContain("another entry");
  await room.checkpoint();
  const whole = verifyLog(folderOf(fs), trust, { openings });
  expect(opening(whole.checks)?.detail).toMatch(/^2 of/);
  expect(opening(whole.checks)?.result).toBe("passed");
  expect(opening(verifyLog(folderOf(fs), trust).checks)).toBeUndefined();
});

test("L7: another content, another salt and another entry do not open it; without content nothing is said", async () => {
  const { room, intent, outcome, trust } = await world();
  await expect(room.open(intent.index, { args: "{}" })).rejects.toMatchObject({ code: "RECORD_OPENING_REFUSED" });
  await expect(room.open(intent.index, { result: RESULT })).rejects.toMatchObject({ code: "RECORD_OPENING_REFUSED" });
  const proof = await room.prove(intent.index);
  const [good] = await room.open(intent.index, { args: ARGS });
  const [other] = await room.open(outcome.index);
  for (const [change, result] of [
    [{}, "passed"],
    [{ content: `${ARGS} ` }, "failed"],
    [{ salt: other?.salt }, "failed"],
    [{ field: "result" }, "failed"],
    [{ content: undefined }, "not-run"],
    [{ salt: undefined }, "not-run"],
  ] as const) {
    const verdict = verifyProof(proof, trust, { openings: parseOpenings(JSON.stringify([{ ...good, ...change }])) });
    expect([opening(verdict.checks)?.result, verdict.ok]).toEqual([result, result === "passed"]);
  }
});

/** What was read, or what was thrown. */
function parsed(text: string): unknown {
  try {
    return parseOpenings(text);
  } catch (error) {
    return error;
  }
}

test("L35: openings that cannot be read are refused, and nothing else is thrown", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const ended = parsed(text);
      expect(Array.isArray(ended) || ended instanceof VerifyError).toBe(true);
    }),
  );
  for (const bad of [
    "[{}]",
    '[{"ref":"a#1:b","field":"args"}]',
    '{"openings":1}',
    `[{"ref":"a#01:${"A".repeat(43)}"}]`,
  ])
    expect(() => parseOpenings(bad)).toThrow("opening");
});
