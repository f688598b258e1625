// SPDX-License-Identifier: Apache-2.0
import { createSecretKey } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Json, type JsonObject, TLPS, writeJson } from "../../core/index.ts";
import { preview, stixIds } from "../index.ts";
import { ask, PORTS } from "../testing/world.ts";
import { bundleProblems } from "./check.ts";
import { isStixId } from "./ids.ts";
import { marking } from "./markings.ts";

/** As OASIS and FIRST fixed them; written out here so that nothing computes them. */
const PINNED = [
  '{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487","created":"2022-10-01T00:00:00.000Z","name":"TLP:CLEAR","extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{"extension_type":"property-extension","tlp_2_0":"clear"}}}',
  '{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb","created":"2022-10-01T00:00:00.000Z","name":"TLP:GREEN","extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{"extension_type":"property-extension","tlp_2_0":"green"}}}',
  '{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421","created":"2022-10-01T00:00:00.000Z","name":"TLP:AMBER","extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{"extension_type":"property-extension","tlp_2_0":"amber"}}}',
  '{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003","created":"2022-10-01T00:00:00.000Z","name":"TLP:AMBER+STRICT","extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{"extension_type":"property-extension","tlp_2_0":"amber+strict"}}}',
  '{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1","created":"2022-10-01T00:00:00.000Z","name":"TLP:RED","extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{"extension_type":"property-extension","tlp_2_0":"red"}}}',
];

test("S8: the five markings of TLP 2.0, byte for byte", () => {
  expect(TLPS.map((tlp) => writeJson(marking(tlp)))).toEqual(PINNED);
});

describe("ids", () => {
  const key = createSecretKey(Buffer.alloc(32, 1));
  const ours = fc.string({ maxLength: 40 });

  test("S12: the same object has the same id, another one another, and another community others still", () => {
    fc.assert(
      fc.property(ours, ours, (one, other) => {
        const ids = stixIds(key, "one");
        expect(isStixId(ids("incident", one))).toBe(true);
        expect(ids("incident", one)).toMatch(/^incident--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
        expect(stixIds(key, "one")("incident", one)).toBe(ids("incident", one));
        expect(stixIds(key, "two")("incident", one)).not.toBe(ids("incident", one));
        expect(stixIds(createSecretKey(Buffer.alloc(32, 2)), "one")("incident", one)).not.toBe(ids("incident", one));
        expect(ids("incident", one) === ids("incident", other)).toBe(one === other);
      }),
    );
  });

  test("S12: no two objects share the part after the type, and no split of the words gives the same", () => {
    const ids = stixIds(key, "one");
    expect(ids("note", "x").slice(6)).not.toBe(ids("report", "x").slice(8));
    expect(stixIds(key, "a")("b", "c").slice(3)).not.toBe(stixIds(key, "ab")("", "c").slice(2));
  });
});

async function sent(): Promise<JsonObject> {
  const { outgoing } = await preview(ask(), PORTS);
  if (outgoing === undefined) throw new Error("the sample is blocked");
  return outgoing.bundle;
}

/** The sample with the first object of a type changed. */
async function changed(type: string, change: (object: Record<string, Json>) => void): Promise<JsonObject> {
  const bundle = JSON.parse(writeJson(await sent())) as { objects: Record<string, Json>[] };
  const object = bundle.objects.find((one) => one["type"] === type);
  if (object === undefined) throw new Error(`no ${type}`);
  change(object);
  return { ...bundle };
}

describe("strict checks", () => {
  test("S10: what a preview gives has no fault", async () => {
    expect(bundleProblems(await sent())).toEqual([]);
  });

  test.each<readonly [string, string, (object: Record<string, Json>) => void, string]>([
    ["a required property is gone", "report", (o) => delete o["published"], "report has no published"],
    ["a property is not of STIX", "incident", (o) => (o["internal"] = { title: "x" }), "has no property internal"],
    [
      "an id of another type",
      "note",
      (o) => (o["id"] = "report--00000000-0000-4000-8000-000000000000"),
      "no id of its type",
    ],
    [
      "an id of version 7",
      "note",
      (o) => (o["id"] = "note--01890000-0000-7000-8000-0000000000c1"),
      "no id of its type",
    ],
    ["a time without milliseconds", "sighting", (o) => (o["first_seen"] = "2026-11-22T09:00:00Z"), "no timestamp"],
    ["a time in another zone", "report", (o) => (o["published"] = "2026-11-22T09:00:00.000+01:00"), "no timestamp"],
    ["modified before created", "report", (o) => (o["modified"] = "2026-11-21T00:00:00.000Z"), "is before created"],
    ["last before first seen", "sighting", (o) => (o["last_seen"] = "2026-11-21T00:00:00.000Z"), "before first_seen"],
    ["an empty list", "report", (o) => (o["object_refs"] = []), "object_refs is empty"],
    ["null", "incident", (o) => (o["description"] = null), "description is empty"],
    ["no marking", "incident", (o) => delete o["object_marking_refs"], "has not one marking"],
    [
      "two markings",
      "incident",
      (o) => (o["object_marking_refs"] = [marking("GREEN")["id"] ?? "", marking("RED")["id"] ?? ""]),
      "has not one marking",
    ],
    ["another version", "incident", (o) => (o["spec_version"] = "2.0"), "is not of version 2.1"],
    ["part of a country", "location", (o) => (o["country"] = "US-CA"), "not two letters"],
    ["a type that is not written", "note", (o) => (o["type"] = "malware"), "there is no type malware"],
    [
      "a reference that leads nowhere",
      "sighting",
      (o) => (o["sighting_of_ref"] = "attack-pattern--00000000-0000-4000-8000-000000000000"),
      "which is not in the bundle",
    ],
  ])("S10: %s", async (_what, type, change, problem) => {
    expect(bundleProblems(await changed(type, change)).join("; ")).toContain(problem);
  });

  test("S10: one object twice, no objects, no bundle", async () => {
    const bundle = await sent();
    const objects = bundle["objects"] as readonly Json[];
    expect(bundleProblems({ ...bundle, objects: [...objects, objects[1] ?? null] })).toEqual(["an id stands twice"]);
    expect(bundleProblems({ ...bundle, objects: [] })).toEqual(["it has no objects, or something else"]);
    expect(bundleProblems({ type: "bundle" })).toEqual(["it is no bundle: type, id or objects"]);
  });
});
