// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { bindsOf } from "./binds.ts";

test("D39: a name is a path into the context, and one that leads nowhere has no value", () => {
  const context = { server: "files", destination: { kind: "partner", listed: true }, tool: "" };
  expect(bindsOf(["server", "destination.kind", "destination"], context)).toEqual({
    server: "files",
    "destination.kind": "partner",
    destination: { kind: "partner", listed: true },
  });
  expect(bindsOf(["nowhere", "server.id", "destination.nowhere.deeper", "toString", "__proto__"], context)).toEqual({});
});
