// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { type Decision, type JsonObject, type Obligation, parseCategory, parseJson } from "../core/index.ts";
import { fakeDecision } from "../core/testing/ports.ts";
import { FILE, reader, type World, world } from "./testing/gate-world.ts";

const SECRET = "ann.miller@example.org";
const CAME = parseJson(`{"result":{"content":[{"type":"text","text":"write to her at ${SECRET}"}]}}`) as JsonObject;

/** One way to see each type that the gate says it carries out; what it says and what is here are compared below. */
const SEEN: Readonly<Record<string, { readonly duty: Obligation; readonly seen: (answer: string) => boolean }>> = {
  redact: {
    duty: { type: "redact", categories: [parseCategory("personal")], style: "mask" },
    seen: (answer) => answer.includes("write to her at") && !answer.includes(SECRET),
  },
  max_bytes: { duty: { type: "max_bytes", max: 20 }, seen: (answer) => answer.includes("result_withheld") },
};

/** A gate whose rules ask this of every result. */
function limited(duty: Obligation): { readonly made: World; readonly declared: Set<string> } {
  const made = world(() => "allow", { came: CAME });
  const plain = made.decider.decideMany.bind(made.decider);
  const declared = new Set<string>();
  made.decider.decideMany = (question, resources): readonly Decision[] => {
    const can = question.pep.obligations ?? new Set<string>();
    for (const type of can) declared.add(type);
    if (can.size === 0) return plain(question, resources);
    return resources.map(() => ({ ...fakeDecision("limit"), obligations: [duty] }));
  };
  return { made, declared };
}

test.each(Object.entries(SEEN))("D35: the gate carries out %s", async (_, { duty, seen }) => {
  const { made } = limited(duty);
  expect(seen(JSON.stringify(await made.call(reader, [FILE])))).toBe(true);
});

test("D35: what the gate says it carries out is what was seen to be; every other duty of a rule denies", async () => {
  const { made, declared } = limited(SEEN["redact"]?.duty ?? { type: "mark_untrusted" });
  await made.call(reader, [FILE]);
  expect([...declared].toSorted()).toEqual(Object.keys(SEEN).toSorted());
});
