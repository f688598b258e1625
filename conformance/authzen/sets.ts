// SPDX-License-Identifier: Apache-2.0
// The interoperability sets of AuthZEN: files of `{request, expected}`, asked one by one.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ask, type Point } from "./client.ts";
import { check, type Tally } from "./tally.ts";

/** One file: which domain it asks, and what each of its lists asks for. */
export interface SetFile {
  readonly file: string;
  readonly domain: "todo" | "gateway" | "search" | "certification";
  readonly lists: Readonly<Record<string, string>>;
}

export const SETS: readonly SetFile[] = [
  { file: "todo-1_0-02.json", domain: "todo", lists: { evaluation: "evaluation", evaluations: "evaluations" } },
  { file: "api-gateway.json", domain: "gateway", lists: { evaluation: "evaluation" } },
  { file: "search-subject.json", domain: "search", lists: { evaluation: "search/subject" } },
  { file: "search-resource.json", domain: "search", lists: { evaluation: "search/resource" } },
  { file: "search-action.json", domain: "search", lists: { evaluation: "search/action" } },
  { file: "idp-search.json", domain: "search", lists: { search: "search/resource" } },
  { file: "certification-1_0.json", domain: "certification", lists: { decisions: "evaluation" } },
];

interface Case {
  readonly request: unknown;
  readonly expected: unknown;
}

/** Asks everything in one file; `false` where it is not there. */
export async function askSet(folder: string, set: SetFile, point: Point, tally: Tally): Promise<boolean> {
  const file = path.join(folder, set.file);
  if (!existsSync(file)) return false;
  const json = JSON.parse(readFileSync(file, "utf8")) as Record<string, readonly Case[]>;
  for (const [list, endpoint] of Object.entries(set.lists)) {
    for (const [index, { request, expected }] of (json[list] ?? []).entries()) {
      const { status, text, json: body } = await ask(point, `/access/v1/${endpoint}`, { body: request });
      const isRight = status === 200 && agrees(body, expected);
      check(tally, [set.file, `${list} ${index}`], isRight, { expected, text });
    }
  }
  return true;
}

function agrees(body: unknown, expected: unknown): boolean {
  const got = (body ?? {}) as { decision?: unknown; evaluations?: unknown; results?: unknown };
  if (typeof expected === "boolean") return got.decision === expected;
  if (Array.isArray(expected)) {
    const given = Array.isArray(got.evaluations) ? (got.evaluations as readonly { decision?: unknown }[]) : [];
    const wanted = expected as readonly { decision?: unknown }[];
    return given.length === wanted.length && given.every((one, at) => one.decision === wanted[at]?.decision);
  }
  const wanted = (expected as { results: readonly unknown[] }).results;
  const listed = Array.isArray(got.results) ? (got.results as readonly unknown[]) : [];
  return sorted(listed) === sorted(wanted);
}

/** Results are a set. */
function sorted(list: readonly unknown[]): string {
  return JSON.stringify(list.map((one) => JSON.stringify(one)).toSorted());
}
