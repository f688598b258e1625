// SPDX-License-Identifier: Apache-2.0
// Identities that can be stopped, and the rules that ship, for tests only.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { ScopeKey } from "../../core/index.ts";
import { type ContainedIdentities, type ResponseRules, readResponseRules } from "../index.ts";

const FILE = path.join(import.meta.dirname, "../../../policies/respond/certain.yaml");
export const RULES_TEXT: string = readFileSync(FILE, "utf8");
export const RULES: ResponseRules = readResponseRules("certain.yaml", RULES_TEXT);

export interface FakeIdentities extends ContainedIdentities {
  readonly known: Set<string>;
  /** Running copies by identity. */
  readonly copies: Map<string, string[]>;
  readonly moves: string[];
  /** Identities in the deployment. */
  total: number;
  fails: boolean;
}

export function fakeIdentities(...known: readonly string[]): FakeIdentities {
  const moves: string[] = [];
  const move = (what: string): Promise<undefined> => {
    if (fake.fails) return Promise.reject(new Error("the store is down"));
    moves.push(what);
    return Promise.resolve(undefined);
  };
  const fake: FakeIdentities = {
    known: new Set(known),
    copies: new Map(),
    moves,
    total: 1,
    fails: false,
    knows: ({ id }) => fake.known.has(id),
    count: ({ kind, id }: ScopeKey) => (kind === "all" ? fake.total : fake.known.has(id) ? 1 : 0),
    instances: ({ id }) => fake.copies.get(id) ?? [],
    isolate: (id) => move(`isolate ${id}`),
    release: (id) => move(`release ${id}`),
    resume: (id) => move(`resume ${id}`),
  };
  return fake;
}
