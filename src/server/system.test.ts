// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { systemRandom } from "./system.ts";

it("RFC 9562 5.7: ids are version 7 and no two are the same, however many are drawn at once", () => {
  const ids = Array.from({ length: 2000 }, () => systemRandom.id());
  expect(new Set(ids.map((id) => id.slice(19))).size).toBe(2000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
