// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { openWorld } from "./testing/world.ts";

it("the command's token is in a 0600 file, new at every start, gone at the end", async () => {
  await using world = await openWorld();
  const cli = path.join(world.dir, "cli-token");
  const token = (await readFile(cli, "utf8")).trim();
  expect((await stat(cli)).mode & 0o777).toBe(0o600);
  expect([
    world.identify.checkCliToken(token),
    world.identify.checkCliToken(`${token}x`),
    world.identify.checkCliToken(""),
  ]).toEqual([true, false, false]);
  const again = await world.restart();
  expect(again.checkCliToken(token)).toBe(false);
  await again.close();
  await expect(stat(cli)).rejects.toMatchObject({ code: "ENOENT" });
});
