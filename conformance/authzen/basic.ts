// SPDX-License-Identifier: Apache-2.0
// Sections 2.2 to 2.4: one question at a time.
import { ask } from "./client.ts";
import {
  ADMIN,
  ALICE,
  ARCHIVED,
  BOB,
  EVALUATION,
  isObject,
  memberOf,
  READ,
  RECORD_1,
  type Suite,
  WRITE,
  without,
} from "./fixture.ts";
import { check } from "./tally.ts";

export async function basicCore({ point, tally, paths }: Suite): Promise<void> {
  const level = "Basic Core";
  const cases: readonly (readonly [string, unknown, boolean])[] = [
    ["2.2.1 rule 1", EVALUATION, true],
    ["rule 2", { ...EVALUATION, action: WRITE }, true],
    ["rule 3", { ...EVALUATION, subject: BOB }, true],
    ["2.2.2 rule 4", { ...EVALUATION, subject: BOB, action: WRITE }, false],
    ["2.2.3 context", { ...EVALUATION, context: { time: "2025-06-27T18:03-07:00", ip: "192.168.1.1" } }, true],
    [
      "2.2.8 more properties",
      {
        subject: { ...ALICE, properties: { department: "Sales", role: "manager" } },
        action: { ...READ, properties: { method: "GET" } },
        resource: { ...RECORD_1, properties: { status: "active", owner: "bob" } },
      },
      true,
    ],
    ["2.2.9 unknown fields", { ...EVALUATION, foo: "bar", futureField: { nested: true } }, true],
  ];
  for (const [name, body, expected] of cases) {
    const reply = await ask(point, paths.evaluation, { body });
    check(tally, [level, name], reply.status === 200 && memberOf(reply.json, "decision") === expected, reply.text);
    const context = memberOf(reply.json, "context");
    check(tally, [level, `${name}: 2.3.2 context is an object`], context === undefined || isObject(context), context);
  }
  for (let round = 0; round < 5; round += 1) {
    const reply = await ask(point, paths.evaluation, { body: EVALUATION });
    check(tally, [level, "2.6 the same decision"], memberOf(reply.json, "decision") === true, reply.text);
  }
}

export async function basicErrors({ point, tally, paths }: Suite): Promise<void> {
  const cases: readonly (readonly [string, unknown])[] = [
    ["2.4.1 no subject", without(EVALUATION, "subject")],
    ["2.4.1 no action", without(EVALUATION, "action")],
    ["2.4.1 no resource", without(EVALUATION, "resource")],
    ["2.4.2 subject without type", { ...EVALUATION, subject: without(ALICE, "type") }],
    ["2.4.2 subject without id", { ...EVALUATION, subject: without(ALICE, "id") }],
    ["2.4.2 action without name", { ...EVALUATION, action: {} }],
    ["2.4.2 resource without type", { ...EVALUATION, resource: without(RECORD_1, "type") }],
    ["2.4.2 resource without id", { ...EVALUATION, resource: without(RECORD_1, "id") }],
    ["2.4.6 subject is text", { ...EVALUATION, subject: "alice" }],
    ["2.4.6 name is a number", { ...EVALUATION, action: { name: 123 } }],
    ["2.4.6 id is a number", { ...EVALUATION, resource: { type: "record", id: 1 } }],
    ["2.4.6 subject is an array", { ...EVALUATION, subject: [ALICE] }],
    ["2.4.6 context is text", { ...EVALUATION, context: "now" }],
    ["2.4.6 properties are text", { ...EVALUATION, subject: { ...ALICE, properties: "admin" } }],
    ["2.4.6 subject is null", { ...EVALUATION, subject: null }],
  ];
  for (const [name, body] of cases) {
    const reply = await ask(point, paths.evaluation, { body });
    check(tally, ["Basic Core", name], reply.status === 400, reply.status);
  }
}

function soft(value: boolean): unknown {
  return { ...EVALUATION, action: { name: "delete", properties: { soft: value } } };
}

export async function basicProperties({ point, tally, paths }: Suite): Promise<void> {
  const cases: readonly (readonly [string, unknown, boolean])[] = [
    ["2.2.4 rule 5", { subject: ALICE, action: WRITE, resource: ARCHIVED }, false],
    ["2.2.5 rule 6", { subject: ADMIN, action: WRITE, resource: ARCHIVED }, true],
    ["2.2.6 rule 7", soft(true), true],
    ["2.2.7 rule 8", soft(false), false],
    ["1.6 rule 5 with context", { subject: ALICE, action: WRITE, resource: ARCHIVED, context: { ip: "::1" } }, false],
    ["1.6 rule 6 with context", { subject: ADMIN, action: WRITE, resource: ARCHIVED, context: { ip: "::1" } }, true],
  ];
  for (const [name, body, expected] of cases) {
    const reply = await ask(point, paths.evaluation, { body });
    const isRight = reply.status === 200 && memberOf(reply.json, "decision") === expected;
    check(tally, ["Basic Properties", name], isRight, reply.text);
  }
}
