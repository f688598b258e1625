// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { CONTEXT, LEVELS, TRUSTS, VERBS } from "../core/index.ts";
import { entityKey } from "./cedar/value.ts";
import { schemaText } from "./schema-text.ts";
import { openParser, schemaOf } from "./testing/cedar.ts";

const parser = openParser();
afterAll(async () => {
  await parser[Symbol.asyncDispose]();
});

test.each(["starter", "demo"])("D72: the schema of policies/%s is the generated one (npm run gen)", (bundle) => {
  const shipped = path.join(import.meta.dirname, "..", "..", "policies", bundle, "schema.cedarschema");
  expect(readFileSync(shipped, "utf8")).toBe(schemaText());
});

test("D72: every verb applies to the five kinds of identity, with the context of core's table", async () => {
  const schema = await schemaOf(parser, schemaText());
  for (const verb of VERBS) {
    const action = schema.actions.get(entityKey("Action", verb));
    expect([...(action?.principals ?? [])]).toEqual(["Human", "Agent", "Model", "Workload", "Service"]);
    expect(action?.resources.size).toBe(7);
    expect([...(action?.context.attributes.keys() ?? [])].toSorted()).toEqual(
      CONTEXT.map(({ name }) => name).toSorted(),
    );
  }
});

function ranks(words: readonly string[]): string {
  return words.map((word, rank) => `${word} ${rank}`).join(", ");
}

test("D72: ranks in the schema's own words are those of core", () => {
  const text = schemaText().replaceAll("\n// ", " ");
  expect(text).toContain(`Levels: ${ranks(LEVELS)}. Trust: ${ranks(TRUSTS)}.`);
});

test("D72: effect verbs are in the group effect, and no reading verb is", async () => {
  const schema = await schemaOf(parser, schemaText());
  const inEffect = VERBS.filter((verb) =>
    schema.actions.get(entityKey("Action", verb))?.ancestors.has(entityKey("Action", "effect")),
  );
  expect(inEffect).toEqual(["retain", "train", "share", "execute", "delegate"]);
});
