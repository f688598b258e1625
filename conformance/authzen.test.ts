// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { certify } from "./authzen/certification.ts";
import { openWorld } from "./authzen/server.ts";
import { askSet, SETS } from "./authzen/sets.ts";
import { createTally, totals } from "./authzen/tally.ts";

const configured = process.env["BAILIWICK_VECTORS"]; // oxlint-disable-line node/no-process-env -- where the vectors are is the machine's to say
const folder = path.join(configured ?? path.join(import.meta.dirname, "..", "..", "shared", "vectors"), "authzen");

test.skipIf(!existsSync(folder))(
  "D56: the interoperability sets and every level of the certification scenario (skipped means NOT RUN: no AuthZEN vectors)",
  async () => {
    await using world = await openWorld(folder);
    const tally = createTally();
    for (const set of SETS) expect(await askSet(folder, set, world.point(set.domain), tally), set.file).toBe(true);
    await certify(world.point("certification"), tally);
    expect(tally.failures).toEqual([]);
    expect(totals(tally).passed).toBeGreaterThan(500);
  },
);
