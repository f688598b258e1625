// SPDX-License-Identifier: Apache-2.0
// Section 3: many questions at once.
import { ask } from "./client.ts";
import {
  ACTIVE,
  ADMIN,
  ALICE,
  ARCHIVED,
  BOB,
  EVALUATION,
  memberOf,
  READ,
  RECORD_1,
  RECORD_2,
  type Suite,
  WRITE,
  without,
} from "./fixture.ts";
import { check } from "./tally.ts";

export async function batchCore(suite: Suite): Promise<void> {
  const cases: readonly (readonly [string, unknown, readonly (boolean | undefined)[]])[] = [
    [
      "3.2.1 an array",
      { subject: ALICE, action: READ, evaluations: [{ resource: RECORD_1 }, { resource: RECORD_2 }] },
      [true, undefined],
    ],
    [
      "3.2.2 in order",
      { subject: BOB, resource: RECORD_1, evaluations: [{ action: READ }, { action: WRITE }] },
      [true, false],
    ],
    [
      "3.2.5 no defaults",
      { evaluations: [EVALUATION, { subject: BOB, action: WRITE, resource: RECORD_1 }] },
      [true, false],
    ],
    [
      "3.2.6 context is inherited",
      {
        subject: ALICE,
        action: READ,
        context: { time: "2025-06-27T18:03-07:00" },
        evaluations: [{ resource: RECORD_1 }, { resource: RECORD_2, context: { source: "batch-override" } }],
      },
      [true, undefined],
    ],
    [
      "3.4.1 an item without resource",
      { subject: ALICE, action: READ, evaluations: [{ resource: RECORD_1 }, {}] },
      [true, false],
    ],
    ["3.4.1 no subject anywhere", { action: READ, evaluations: [{ resource: RECORD_1 }, {}] }, [false, false]],
  ];
  for (const [name, body, expected] of cases) await batch(suite, { level: "Batch Core", name, body, expected });
  await semantics(suite);
}

/** Authorization API 1.0 section 7.1.2: answers stop with the one that settles it. */
async function semantics(suite: Suite): Promise<void> {
  const items = { resource: RECORD_1, subject: BOB };
  const [yes, no] = [{ action: READ }, { action: WRITE }];
  const cases = [
    ["execute_all", [yes, no, yes], [true, false, true]],
    ["deny_on_first_deny", [yes, no, yes], [true, false]],
    ["permit_on_first_permit", [no, yes, no], [false, true]],
  ] as const;
  for (const [semantic, evaluations, expected] of cases) {
    const body = { ...items, options: { evaluations_semantic: semantic }, evaluations };
    await batch(suite, { level: "Batch Core", name: `7.1.2 ${semantic}`, body, expected });
  }
}

export async function batchErrors({ point, tally, paths }: Suite): Promise<void> {
  const level = "Batch Core";
  for (const [name, body] of [
    ["3.4.2 no evaluations", EVALUATION],
    ["3.4.3 empty evaluations", { ...EVALUATION, evaluations: [] }],
  ] as const) {
    const reply = await ask(point, paths.evaluations, { body });
    check(tally, [level, name], reply.status === 200 && memberOf(reply.json, "decision") === true, reply.text);
  }
  for (const [name, body] of [
    ["evaluations are no array", { ...EVALUATION, evaluations: {} }],
    ["an unknown semantic", { ...EVALUATION, evaluations: [{}], options: { evaluations_semantic: "any" } }],
  ] as const) {
    const reply = await ask(point, paths.evaluations, { body });
    check(tally, [level, `${name} is 400`], reply.status === 400, reply.status);
  }
}

export async function batchProperties(suite: Suite): Promise<void> {
  const cases: readonly (readonly [string, unknown, readonly boolean[]])[] = [
    [
      "3.2.3 of the resource",
      { subject: ALICE, action: WRITE, evaluations: [{ resource: ACTIVE }, { resource: ARCHIVED }] },
      [true, false],
    ],
    [
      "3.2.4 of the subject",
      { action: WRITE, resource: ARCHIVED, evaluations: [{ subject: ALICE }, { subject: ADMIN }] },
      [false, true],
    ],
    [
      "3.2.7 defaults complete an item",
      {
        subject: ALICE,
        action: WRITE,
        resource: { type: "record" },
        evaluations: [{ resource: without(ACTIVE, "type") }, { resource: ARCHIVED }],
      },
      [true, false],
    ],
  ];
  for (const [name, body, expected] of cases) await batch(suite, { level: "Batch Properties", name, body, expected });
}

async function batch({ point, tally, paths }: Suite, { level, name, body, expected }: BatchCase): Promise<void> {
  const reply = await ask(point, paths.evaluations, { body });
  const given = memberOf(reply.json, "evaluations");
  const decisions = Array.isArray(given) ? given.map((one) => memberOf(one, "decision")) : [];
  check(tally, [level, `${name}: 3.3.1 as many`], decisions.length === expected.length, reply.text);
  const isEach = decisions.every((one) => typeof one === "boolean");
  check(tally, [level, `${name}: 3.3.3 each decides`], isEach, reply.text);
  const isRight = expected.every((one, index) => one === undefined || decisions[index] === one);
  check(tally, [level, `${name}: 3.3.2 in order`], reply.status === 200 && isRight, reply.text);
  check(tally, [level, `${name}: 3.3.4 no decision of the whole`], memberOf(reply.json, "decision") === undefined);
}

interface BatchCase {
  readonly level: string;
  readonly name: string;
  readonly body: unknown;
  /** `undefined` where any decision will do. */
  readonly expected: readonly (boolean | undefined)[];
}
