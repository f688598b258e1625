// SPDX-License-Identifier: Apache-2.0
// Scenario files into scenarios, and into faults that name file, line, column, what is wrong and how to mend it.
import { globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { isNode, LineCounter, parseDocument } from "yaml";
import { scenario } from "./shape.ts";
import type { Scenario } from "./written.ts";

export interface Found {
  /** File and line at which the scenario begins. */
  readonly where: string;
  readonly id: string;
  readonly scenario: Scenario;
  /** File and line of a member below the scenario. */
  readonly at: (members: readonly PropertyKey[]) => string;
}

export interface Read {
  readonly found: readonly Found[];
  /** One text each: a scenario, or a file, that cannot be run. */
  readonly faults: readonly string[];
}

const SCHEMA = "bailiwick-scenarios/1";

/** All scenario files of a file or folder, in the order of their names. */
export function readScenarios(place: string): Read {
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats === undefined) return { found: [], faults: [`${place}: no such file or folder`] };
  const files = stats.isDirectory()
    ? globSync("**/*.{yaml,yml,json}", { cwd: place })
        .toSorted()
        .map((name) => path.join(place, name))
    : [place];
  const reads = files.map((file) => parseScenarios(file, readFileSync(file, "utf8")));
  const found = reads.flatMap((one) => one.found);
  return { found, faults: [...reads.flatMap(({ faults }) => faults), ...repeated(found)] };
}

export function parseScenarios(file: string, text: string): Read {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [malformed] = document.errors;
  if (malformed !== undefined)
    return { found: [], faults: [`${place(malformed.pos[0])}: not YAML: ${malformed.message}`] };
  const whole: unknown = document.toJS({ maxAliasCount: 1000 });
  const at = (members: readonly PropertyKey[]): string => {
    for (let length = members.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(members.slice(0, length), true);
      if (isNode(node) && node.range) return place(node.range[0]);
    }
    return place(0);
  };
  if (typeof whole !== "object" || whole === null) return refused(place(0), `empty: begin with \`schema: ${SCHEMA}\``);
  if (!("schema" in whole) || whole.schema !== SCHEMA) {
    return refused(at(["schema"]), `not a scenario file: its first line has to be \`schema: ${SCHEMA}\``);
  }
  if (!("scenarios" in whole) || !Array.isArray(whole.scenarios)) {
    return refused(at(["scenarios"]), "needs `scenarios`, a list of scenarios, each beginning with `- id:`");
  }
  const list: readonly unknown[] = whole.scenarios;
  if (list.length === 0) return refused(at(["scenarios"]), "`scenarios` is empty: nothing would be checked");
  const found: Found[] = [];
  const faults: string[] = [];
  for (const [index, raw] of list.entries()) {
    const base = ["scenarios", index];
    const below = (members: readonly PropertyKey[]): string => at([...base, ...members]);
    const parsed = scenario.safeParse(raw);
    if (parsed.success) found.push({ where: at(base), id: parsed.data.id, scenario: parsed.data, at: below });
    else faults.push(parsed.error.issues.map((issue) => fault(issue, idOf(raw), below)).join("\n"));
  }
  return { found, faults };
}

function fault(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string; readonly code?: string | undefined },
  id: string,
  at: (members: readonly PropertyKey[]) => string,
): string {
  const member = issue.path.map(String).join(".");
  const how = issue.code === "unrecognized_keys" ? "; take it out, or put a text with a comma in quotes" : "";
  return `${at(issue.path)}: scenario ${id}: ${member === "" ? "" : `${member}: `}${issue.message}${how}`;
}

function idOf(raw: unknown): string {
  return typeof raw === "object" && raw !== null && "id" in raw ? String(raw.id) : "without id";
}

function repeated(found: readonly Found[]): readonly string[] {
  const seen = new Map<string, string>();
  return found.flatMap(({ id, where }) => {
    const first = seen.get(id);
    seen.set(id, first ?? where);
    return first === undefined
      ? []
      : [`${where}: scenario ${id}: this id stands at ${first} already; give it one of its own`];
  });
}

function refused(where: string, why: string): Read {
  return { found: [], faults: [`${where}: ${why}`] };
}
