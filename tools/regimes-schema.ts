// SPDX-License-Identifier: Apache-2.0
// JSON Schemas (2020-12) of the files of duties, for editors: made from the shapes that the reader checks with. What a schema
// cannot say (a name that has to be known, what one member demands of another) the reader says.
import { z } from "zod";
import { calendarFile, conflictsFile, instrumentFile } from "../src/prove/regimes/shapes.ts";
import { wordsFile } from "../src/prove/regimes/words.ts";

const ANY = { has: () => true };

/** Text of each schema, by its path below `regulations/schema`. */
export function regimesSchemas(): Readonly<Record<string, string>> {
  const known = { events: ANY, reckonings: ANY, calendars: ANY, contentFields: ANY };
  return {
    "facts.schema.json": schemaText("facts.yaml", wordsFile),
    "instrument.schema.json": schemaText("<jurisdiction>/<instrument>.yaml", instrumentFile("", known)),
    "calendar.schema.json": schemaText("calendars/<key>.yaml", calendarFile("")),
    "conflicts.schema.json": schemaText("conflicts.yaml", conflictsFile),
  };
}

function schemaText(title: string, shape: z.ZodType): string {
  const schema = z.toJSONSchema(shape, { target: "draft-2020-12", io: "input", unrepresentable: "any" });
  return `${JSON.stringify({ ...schema, title }, undefined, 2)}\n`;
}
