// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fakeClock } from "../../core/testing/system.ts";
import { schemaText } from "../schema-text.ts";
import { formatFolder } from "./format.ts";

const UGLY = `// Who reads.
@id("reads") // by anybody
permit(principal, action in Action::"read",resource) when { context.auth.age<900&&// not for long
 true };
@id("b") forbid (principal,action,resource)unless{true};
// the end
`;
const TIDY = `// Who reads.
@id("reads") // by anybody
permit (
  principal,
  action in Action::"read",
  resource
)
when
{
  context.auth.age < 900 && // not for long
  true
};

@id("b")
forbid (principal, action, resource)
unless { true };
// the end
`;

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "bailiwick-format-"));
  await writeFile(path.join(dir, "bailiwick.yaml"), "name: t\ndomain: main\nowner: t\n");
  await writeFile(path.join(dir, "schema.cedarschema"), schemaText());
  await writeFile(path.join(dir, "10.cedar"), UGLY);
});
afterEach(() => rm(dir, { recursive: true }));

const format = (check: boolean): ReturnType<typeof formatFolder> =>
  formatFolder({ dir, check, timers: fakeClock().timers });
const read = (file: string): Promise<string> => readFile(path.join(dir, file), "utf8");

test("D16: rules take the one form with their comments, once; a check writes nothing", async () => {
  expect(await format(true)).toEqual({ changed: ["10.cedar"], same: ["schema.cedarschema"], problems: [] });
  expect(await read("10.cedar")).toBe(UGLY);
  expect((await format(false)).changed).toEqual(["10.cedar"]);
  expect(await read("10.cedar")).toBe(TIDY);
  expect(await format(true)).toMatchObject({ changed: [], same: ["10.cedar", "schema.cedarschema"] });
});

test("D16: a schema without comments is formatted, and keeps what it says to record", async () => {
  await writeFile(
    path.join(dir, "schema.cedarschema"),
    'entity U={@record("value") name:String};action a appliesTo{principal:U,resource:U};',
  );
  expect((await format(false)).changed).toContain("schema.cedarschema");
  expect(await read("schema.cedarschema")).toContain('@record("value")\n  name: String');
});

test("D14: a file that Cedar cannot read, or that is too deep for it, stays as it is and says where it is wrong", async () => {
  for (const text of [
    "permit (principal, action",
    `permit (principal, action, resource) when { ${"(".repeat(200)}true };`,
  ]) {
    await writeFile(path.join(dir, "10.cedar"), text);
    const { problems } = await format(false);
    expect(problems).toMatchObject([{ file: "10.cedar", blocking: true }]);
    expect(await read("10.cedar")).toBe(text);
  }
});
