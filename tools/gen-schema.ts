// SPDX-License-Identifier: Apache-2.0
// `node tools/gen-schema.ts`: writes the default schema into the bundles that ship with the source.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { schemaText } from "../src/decide/index.ts";

for (const bundle of ["starter", "demo"]) {
  writeFileSync(path.join(import.meta.dirname, "..", "policies", bundle, "schema.cedarschema"), schemaText());
}
