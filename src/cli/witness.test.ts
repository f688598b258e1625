// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parsePolicy } from "../record/verify/index.ts";
import { createWorld, type World } from "./testing/world.ts";

let made = 0;

/** A new key in the form of signed-note; nothing is ever signed with it. */
function vkey(name: string, type: number, length: number): string {
  made += 1;
  const bytes = Buffer.concat([Uint8Array.of(type), Buffer.alloc(length, `key ${made}`)]);
  const id = hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), bytes])).slice(0, 8);
  return `${name}+${id}+${bytes.toString("base64")}`;
}

/** What `record keys` prints at an organisation, with new keys each time. */
function keysOf(name: string): string {
  const keys = [vkey(`${name}.example/w`, 6, 1312), vkey(`${name}.example/w/ed25519`, 4, 32)];
  const lines = keys.map((key, i) => `witness w${i + 1} ${key} https://${name}.example/witness\n`);
  const log = vkey(`${name}.example/log/1`, 1, 32);
  return `log ${log} https://${name}.example/log/1\n${lines.join("")}quorum none\n`;
}

function world3(answers?: Parameters<typeof createWorld>[0]): World {
  const world = createWorld(answers);
  for (const name of ["own", "north", "south", "east"]) world.write(`${name}.keys`, keysOf(name));
  return world;
}

test("L27: a policy has one group for each organisation, so that their keys do not count twice", async () => {
  using world = world3();
  const { code, out, err } = await world.run(
    "record witness policy north=north.keys south=south.keys --own own.keys --need 1",
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const policy = parsePolicy(out);
  expect(policy.logs.map(({ name }) => name)).toEqual(["own.example/log/1"]);
  expect([...policy.witnesses.keys()]).toEqual(["north-1", "north-2", "south-1", "south-2"]);
  expect([...policy.urls.values()]).toContain("https://north.example/witness");
  expect([...policy.groups]).toEqual([
    ["north", { atLeast: 1, members: ["north-1", "north-2"] }],
    ["south", { atLeast: 1, members: ["south-1", "south-2"] }],
    ["organisations", { atLeast: 1, members: ["north", "south"] }],
  ]);
  expect(policy.quorum).toBe("organisations");
});

test("L27: an organisation is added to a policy, and its new keys take the place of the old ones", async () => {
  using world = world3();
  const { out } = await world.run("record witness policy north=north.keys south=south.keys --own own.keys");
  world.write("w.policy", out);
  const read = (): ReturnType<typeof parsePolicy> => parsePolicy(readFileSync(path.join(world.folder, "w.policy")));
  expect(read().groups.get("organisations")).toEqual({ atLeast: 2, members: ["north", "south"] });
  expect((await world.run("record witness add east=east.keys --policy w.policy")).code).toBe(0);
  expect(read().groups.get("organisations")).toEqual({ atLeast: 2, members: ["north", "south", "east"] });
  const before = read().witnesses.get("north-1");
  world.write("north.keys", keysOf("north"));
  expect((await world.run("record witness add north=north.keys --policy w.policy --need 3")).code).toBe(0);
  expect(read().groups.get("organisations")).toEqual({ atLeast: 3, members: ["south", "east", "north"] });
  expect(read().witnesses.get("north-1")).not.toEqual(before);
  expect(read().logs).toHaveLength(1);
});

test.each([
  ["record witness policy own=own.keys --own own.keys", 2, "own is the log's own organisation"],
  ["record witness policy north=north.keys again=north.keys", 2, "two organisations have one key"],
  ["record witness policy north=north.keys --need 2", 2, "2 of 1 organisations cannot cosign"],
  ["record witness policy north=north.keys --need many", 2, "--need many is no number"],
  ["record witness policy organisations=north.keys", 2, "cannot be the name of an organisation"],
  ["record witness policy north.keys", 2, "is not ORGANISATION=FILE"],
  ["record witness policy north=nowhere.keys", 1, "cannot read"],
  ["record witness add east=east.keys", 2, "no policy is named"],
  ["record witness add east=east.keys --policy north.keys", 2, "has no group `organisations`"],
])("L27: `%s` is refused and says why", async (words, code, why) => {
  using world = world3();
  const said = await world.run(words);
  expect({ code: said.code, out: said.out }).toEqual({ code, out: "" });
  expect(said.err).toContain(why);
});

const LOG = {
  origin: "own.example/log/1",
  vkeys: ["v"],
  secondSignature: "signed",
  size: 9,
  published: 7,
  state: "missed",
  lagMs: 12_345,
  witnesses: [{ name: "north-1", url: "https://north.example/witness", last: "away", detail: "no answer in time" }],
};

test("L29: the status says what is missed, for how long, and who does not answer, and ends with 3", async () => {
  using world = createWorld({ "/api/record/witness": { log: LOG } });
  const { code, out } = await world.run("record witness status --plain");
  expect(code).toBe(3);
  expect(out).toContain("quorum\tmissed for 12 s\n");
  expect(out).toContain("asks north-1\taway: no answer in time (https://north.example/witness)\n");
  expect(out).toContain("witness\tthis server cosigns nobody\n");
});

test("L31: a lie that is open is the first thing that the status is about", async () => {
  const fork = {
    id: "aa11",
    origin: "south.example/log/1",
    size: 3,
    notes: ["a", "b"],
    found: "2026-12-06",
    clearedBy: ["ada"],
    open: true,
  };
  const witness = { url: "https://own.example/witness", vkeys: ["w"], logs: [], forks: [fork] };
  using world = createWorld({ "/api/record/witness": { log: { ...LOG, state: "met", lagMs: 0 }, witness } });
  const { code, out } = await world.run("record witness status --plain");
  expect(code).toBe(3);
  expect(out).toContain("LIE\taa11: south.example/log/1 signed two roots for 3 entries; cleared by ada\n");
});
