// SPDX-License-Identifier: Apache-2.0
// The context of a case: an ordinary call in which nothing is amiss, changed as the case says. So a case shows what it is
// about and nothing else, and a member that a later version adds breaks no case.
import {
  formatInstant,
  type Instant,
  instant,
  isJsonObject,
  type JsonObject,
  jsonObject,
  VERBS,
} from "../../core/index.ts";

const HOUR_MS = 3_600_000;
/** Positions of `restricted` and of `user` in core's orders. */
const LABEL_MAX = 3;
const TRUST_MAX = 6;

/** Later changes win; records are merged member by member, everything else is replaced. */
export function caseContext(at: Instant, ...changes: readonly JsonObject[]): JsonObject {
  return changes.reduce(merge, ordinary(at));
}

/** Covered by a mandate, on public data that a person named, over no border. */
function ordinary(at: Instant): JsonObject {
  const label = { level: 0, trust: TRUST_MAX, categories: [], jurisdictions: [], complete: true };
  return {
    now: formatInstant(at),
    channel: "mcp",
    phase: "before",
    facet: "act",
    server: "",
    tool: "",
    mandate: {
      id: "0190b5a2-0000-7000-8000-000000000001",
      task: "0190b5a2-0000-7000-8000-000000000002",
      purpose: "",
      covers: true,
      why: "",
      labelMax: LABEL_MAX,
      verbs: VERBS,
      jurisdictions: [],
      deadline: formatInstant(instant(at + HOUR_MS)),
    },
    step: { id: "0190b5a2-0000-7000-8000-000000000003", hop: 0, ownAuthority: false },
    auth: { pop: "software", assurance: 2, age: 30 },
    destination: { kind: "none", operator: "", jurisdiction: "", listed: true },
    data: { flow: label, context: label },
    origin: { lowest: TRUST_MAX, watermark: TRUST_MAX, broken: [], lookalike: false },
    transfer: { verdict: "allowed", crossing: false, reviewed: true, rules: [], missing: [], basis: "domestic" },
  };
}

function merge(before: JsonObject, change: JsonObject): JsonObject {
  return jsonObject([
    ...Object.entries(before),
    ...Object.entries(change).map(([name, to]) => {
      const from = Object.hasOwn(before, name) ? before[name] : undefined;
      return [name, isJsonObject(from) && isJsonObject(to) ? merge(from, to) : to] as const;
    }),
  ]);
}
