// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { shortSet, whomOf, wishOf } from "./words.ts";

test("for whom a release is, in words", () => {
  expect(whomOf({ scope: [], percent: 100 })).toBe("everybody");
  expect(whomOf({ scope: [["kind", "agent"]], percent: 10 })).toBe("kind agent, 10 % of them");
  expect(shortSet(`sha256:${"ab".repeat(32)}`)).toBe("abababab");
});

test("the form's text becomes a wish: facts a line or with commas, days from now, nothing for good", () => {
  const form = {
    mode: "enforce",
    scope: "kind=agent\n server = files ,group=desk",
    percent: "10",
    days: "",
    because: "x",
  };
  expect(wishOf("s", form, 0)).toEqual({
    set: "s",
    mode: "enforce",
    scope: { kind: "agent", server: "files", group: "desk" },
    percent: 10,
    because: "x",
  });
  expect(wishOf("s", { ...form, scope: "", days: "7" }, 0)).toMatchObject({
    scope: {},
    until: "1970-01-08T00:00:00.000Z",
  });
});
