// SPDX-License-Identifier: Apache-2.0
// The JSON Schema of `bailiwick.yaml`, for editors: made from the shape that the reader checks with.
import { z } from "zod";
import { configShape } from "./config.ts";

/** Path of the schema in the package. */
export const SCHEMA_FILE = "schema/bailiwick.schema.json";

/** JSON Schema 2020-12. What it cannot say (that one member excludes another) the reader says. */
export function configSchemaText(): string {
  const schema = z.toJSONSchema(configShape, { target: "draft-2020-12", io: "input", unrepresentable: "any" });
  return `${JSON.stringify({ ...schema, title: "bailiwick.yaml" }, undefined, 2)}\n`;
}
