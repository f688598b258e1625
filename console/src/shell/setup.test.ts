// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { takeSetup } from "./setup.ts";

function open(hash: string): { taken: string | undefined; address: string } {
  let address = `/?a=1${hash}`;
  const history = {
    replaceState: (_state: unknown, _title: string, url?: string | URL | null) => void (address = String(url)),
  };
  return { taken: takeSetup({ hash, pathname: "/", search: "?a=1" }, history), address };
}

test("experience 5: the token of a setup link leaves the address bar", () => {
  expect(open("#setup=abc_D-9")).toEqual({ taken: "abc_D-9", address: "/?a=1" });
});

test("experience 5: an empty token is none, and leaves too; any other fragment stays", () => {
  expect(open("#setup=")).toEqual({ taken: undefined, address: "/?a=1" });
  expect(open("#rules")).toEqual({ taken: undefined, address: "/?a=1#rules" });
});
