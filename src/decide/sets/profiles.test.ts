// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { bundleOf, FINE, PROFILES, problemsOf } from "../testing/bundle.ts";

const SOFT = `${FINE}
@id("masked") @answer("limit") @obligation("mask,short") forbid (principal, action in Action::"read", resource);
@id("asked") @answer("challenge") @remedy("ask") forbid (principal, action in Action::"effect", resource);
@id("asked-twice") @answer("challenge") @remedy("ask-two") forbid (principal, action in Action::"keep", resource);
`;

test("D36: a policy gets what the profiles that it names define", async () => {
  const { set, policies } = await bundleOf({ ...PROFILES, "10-rules.cedar": SOFT });
  const hit = expect.anything() as unknown;
  expect(set.rules).toEqual([
    { hit, obligations: [] },
    {
      hit,
      obligations: [
        { type: "redact", categories: ["personal", "secret"], style: "mask" },
        { type: "max_bytes", max: 4096 },
      ],
    },
    {
      hit,
      obligations: [],
      challenge: {
        policy: "asked",
        profile: "ask",
        kind: "approval",
        approvers: { group: "approver", count: 1, notRequester: true },
        uses: 1,
        binds: [],
      },
    },
    {
      hit,
      obligations: [],
      challenge: {
        policy: "asked-twice",
        profile: "ask-two",
        kind: "approval",
        approvers: { group: "board", count: 2, notRequester: false },
        ttlMs: 900_000,
        uses: 3,
        binds: ["data.flow.level", "destination"],
      },
    },
  ]);
  expect(policies).toMatchObject([
    { tier: "permit" },
    { tier: "limit", obligations: ["mask", "short"] },
    { tier: "challenge", remedy: "ask" },
    { tier: "challenge", remedy: "ask-two" },
  ]);
});

test("D36: a profile that nothing defines is named with those that are there", async () => {
  const problems = await problemsOf({ ...PROFILES, "10-rules.cedar": SOFT.replace('"ask"', '"asks"') });
  expect(problems).toMatchObject([
    {
      code: "unknown_remedy",
      file: "10-rules.cedar",
      line: 5,
      text: "remedies.yaml defines no `asks`",
      fix: "define it there, or use one of ask, ask-two",
      blocking: true,
    },
  ]);
});

async function digests(remedies: string): Promise<readonly string[]> {
  const { digest, policies } = await bundleOf({ ...PROFILES, "remedies.yaml": remedies, "10-rules.cedar": SOFT });
  return [digest, ...policies.map((policy) => policy.digest)];
}

test("D21: definitions are part of the digests of the set and of the policies that name them, and of no other", async () => {
  const remedies = PROFILES["remedies.yaml"];
  const before = await digests(remedies);
  expect(await digests(`# a note\n${remedies}`)).toEqual(before);
  const after = await digests(remedies.replace("uses: 3", "uses: 4"));
  expect(after.map((digest, at) => digest === before[at])).toEqual([false, true, true, true, false]);
  const unused = await digests(`${remedies}unused: { kind: approval, approvers: { group: g } }\n`);
  expect(unused.map((digest, at) => digest === before[at])).toEqual([false, true, true, true, true]);
});

test.each([
  ["obligations.yaml", "{ type: shred }"],
  ["obligations.yaml", "{ type: redact, categories: [], style: mask }"],
  ["remedies.yaml", "{ kind: step_up, approvers: { group: g } }"],
  ["remedies.yaml", "{ kind: approval }"],
  ["remedies.yaml", "{ kind: approval, approvers: { group: g, count: 0 } }"],
  ["remedies.yaml", "{ kind: approval, approvers: { group: g, count: 9 } }"],
  ["remedies.yaml", "{ kind: approval, approvers: { group: g }, ttl: 15 }"],
  ["remedies.yaml", "{ kind: approval, approvers: { group: g }, ttl: 0m }"],
  ["remedies.yaml", "{ kind: approval, approvers: { group: g }, uses: 0 }"],
  ["remedies.yaml", "{ kind: approval, approvers: { group: g }, binds: [destination.nowhere] }"],
  ["remedies.yaml", "{ kind: approval, approvers: { group: g }, binds: [auth] }"],
  ["remedies.yaml", "{ kind: approval, approvers: { group: g }, extra: 1 }"],
])("D36: %s refuses %s", async (file, definition) => {
  expect(await problemsOf({ [file]: `a: ${definition}` })).toMatchObject([{ code: "yaml_invalid", file, line: 1 }]);
});

test("D36: a profile has a name that policies can write", async () => {
  const problems = await problemsOf({ "obligations.yaml": "Two words: { type: mark_untrusted }" });
  expect(problems).toMatchObject([{ code: "yaml_invalid", file: "obligations.yaml" }]);
});
