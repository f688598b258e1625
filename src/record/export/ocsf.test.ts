// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import {
  canonicalize,
  type EventDraft,
  type JsonObject,
  jsonObject,
  member,
  parseDigest,
  parseIdentityId,
  type RecordedEntry,
} from "../../core/index.ts";
import { adminDraft, attemptDraft, intentDraft, outcomeDraft, wholeDraft } from "../testing/drafts.ts";
import { OCSF_1_8 } from "../testing/ocsf.ts";
import { entriesOf, openTestRecord } from "../testing/rooms.ts";
import { ocsfOf } from "./ocsf.ts";

const validate = new Ajv2020({ allErrors: true, strict: false }).compile(OCSF_1_8);
const AGENT = "spiffe://example.org/agent/clerk";
const PERSON = parseIdentityId("spiffe://example.org/human/AAAAAAAAAAAAAAAAAAAAAA");

function event(name: EventDraft["name"], data: JsonObject, subject?: EventDraft["subject"]): EventDraft {
  return { type: "event", name, by: PERSON, data, ...(subject === undefined ? {} : { subject }) };
}

/** A log with an entry of each kind that has a class, and some that have none. */
async function entries(): Promise<readonly RecordedEntry[]> {
  const world = await openTestRecord();
  const { room } = world;
  const policies = [
    {
      id: "no-writes",
      effect: "forbid",
      tier: "deny",
      digest: parseDigest(`sha256:${"0".repeat(64)}`),
      file: "a.cedar",
      line: 1,
    },
  ] as const;
  const why = { policies, set: null, errors: [], reason: "forbidden" } as const;
  const { ref } = await room.append(intentDraft());
  await room.append(outcomeDraft(ref));
  for (const answer of ["allow", "log", "limit", "challenge", "deny"] as const)
    await room.append({ ...wholeDraft(), answer });
  await room.append({ ...attemptDraft(), why });
  const { who: _, ...nobody } = attemptDraft();
  await room.append(nobody);
  for (const to of ["suspended", "isolated", "active", "retired"]) {
    await room.append({
      ...adminDraft(),
      name: "identity.changed",
      data: jsonObject([
        ["id", AGENT],
        ["to", to],
      ]),
    });
  }
  await room.append({
    ...adminDraft(),
    name: "identity.registered",
    data: jsonObject([
      ["id", AGENT],
      ["kind", "agent"],
    ]),
  });
  await room.append(event("identity.contained", jsonObject([["because", "a sign"]]), { type: "Identity", id: AGENT }));
  const mandate = jsonObject([
    ["holder", AGENT],
    ["verbs", ["view"]],
    ["locations", ["http://localhost/mcp/files"]],
  ]);
  await room.append(event("mandate.opened", mandate));
  await room.append(event("mandate.closed", mandate));
  await room.append(event("finding.raised", {}));
  return entriesOf(world);
}

test("L39: every event that is written is one of OCSF 1.8.0, with each attribute that its class demands", async () => {
  const written = (await entries()).flatMap((recorded) => ocsfOf(recorded, "1.8.0") ?? []);
  for (const one of written) expect(validate(one), JSON.stringify([one, validate.errors], null, 1)).toBe(true);
  expect(written.map((one) => member(one, "type_uid"))).toEqual([
    600399, 600399, 600302, 600302, 600302, 600302, 600302, 600399, 600399, 300412, 300412, 300413, 300409, 300401,
    300412, 300501, 300502,
  ]);
});

test("L39: each answer has its action and disposition", async () => {
  const whole = (await entries()).filter(({ entry }) => entry["shape"] === "whole");
  const written = whole.map((recorded) => ocsfOf(recorded, "1.8.0"));
  expect(written.map((one) => [member(one, "action_id"), member(one, "disposition_id")])).toEqual([
    [1, 1],
    [1, 17],
    [1, 7],
    [2, 23],
    [2, 2],
  ]);
  expect(written.every((one) => member(one, "status_id") === 1)).toBe(true);
});

test("L39: an event leads back to its entry, and says who, where and by which rule", async () => {
  const all = await entries();
  const refused = all.find(({ entry }) => entry["why"] !== undefined);
  const written = refused === undefined ? undefined : ocsfOf(refused, "1.8.0");
  expect(JSON.parse(JSON.stringify(written))).toMatchObject({
    metadata: { uid: expect.stringMatching(/^gate\.example\/log\/main-1#8:/) as string, sequence: 8, version: "1.8.0" },
    actor: { user: { uid: AGENT, type: "agent" } },
    src_endpoint: { uid: `${AGENT}/1` },
    authorizations: [{ decision: "forbid", policy: { uid: "no-writes" } }],
    status_id: 2,
  });
  const unproven = all[9] === undefined ? undefined : ocsfOf(all[9], "1.8.0");
  expect(member(member(unproven, "actor"), "app_name")).toBe("unproven");
});

test("L39: what only 1.9.0-dev knows is written where it is asked for, and nowhere else", async () => {
  for (const recorded of await entries()) {
    const [stable, dev] = [ocsfOf(recorded, "1.8.0"), ocsfOf(recorded, "1.9-dev")];
    expect(member(stable, "attestation_list")).toBeUndefined();
    expect(member(stable, "ai_agent")).toBeUndefined();
    if (dev === undefined) continue;
    const [attestation] = (member(dev, "attestation_list") ?? []) as readonly JsonObject[];
    const { fingerprint, ...about } = attestation ?? {};
    const bare = canonicalize({ ...dev, attestation_list: [about] });
    expect(member(fingerprint, "value")).toBe(createHash("sha256").update(bare).digest("hex"));
    expect(member(member(dev, "metadata"), "version")).toBe("1.9.0-dev");
  }
});
