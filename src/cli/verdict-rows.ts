// SPDX-License-Identifier: Apache-2.0
// What a verifier found, as rows.
import type { Verdict } from "../record/verify/index.ts";
import type { Style } from "./io.ts";
import type { Row } from "./table.ts";

const STYLES: Readonly<Record<Verdict["checks"][number]["result"], Style>> = {
  passed: "green",
  failed: "red",
  "not-run": "yellow",
};

export function verdictRows(target: string, checks: Verdict["checks"]): readonly Row[] {
  return [
    ["checked", target],
    ...checks.map(({ result, name, detail }): Row => [{ text: result, style: STYLES[result] }, `${name}: ${detail}`]),
  ];
}
