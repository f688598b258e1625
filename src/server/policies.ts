// SPDX-License-Identifier: Apache-2.0
// A policy bundle for people: checked, tried on its cases, or put in force.
import type { Digest, Problem } from "../core/index.ts";
import {
  type Bundle,
  type BundleDiff,
  diffBundles,
  type ExplainedCase,
  explainCases,
  type Formatted,
  formatFolder,
  loadBundle,
  runCases,
} from "../decide/index.ts";
import { ServerError } from "./errors.ts";
import type { PolicyTexts } from "./explain.ts";
import { systemClock, systemTimers } from "./system.ts";

/** What is wrong with a bundle; no store, no listener, no data directory is opened. */
export async function checkPolicies(
  dir: string,
): Promise<{ readonly problems: readonly Problem[]; readonly policies: number; readonly digest: Digest | null }> {
  const loaded = await loadBundle({ dir, timers: systemTimers });
  if ("problems" in loaded) return { problems: loaded.problems, policies: 0, digest: null };
  const { bundle } = loaded;
  return { problems: bundle.problems, policies: bundle.policies.length, digest: bundle.digest };
}

/** One case, for people. */
export interface TestedCase {
  readonly name: string;
  readonly file: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly got: string;
}

export interface TestedPolicies {
  readonly cases: readonly TestedCase[];
  /** Whether the cases saw each policy hold, and not hold. */
  readonly coverage: readonly { readonly policy: string; readonly satisfied: boolean; readonly unsatisfied: boolean }[];
  readonly problems: readonly Problem[];
}

/** The bundle's own cases, and which of its policies they saw hold and not hold. */
export async function testPolicies(dir: string): Promise<TestedPolicies> {
  const loaded = await loadBundle({ dir, timers: systemTimers });
  if ("problems" in loaded) return { cases: [], coverage: [], problems: loaded.problems };
  const { results, coverage } = runCases(loaded.bundle);
  return {
    cases: results.map(({ name, file, passed, answer, reason, policies, differences }) => ({
      name,
      file,
      passed,
      expected: passed ? answer : differences.join("; "),
      got: `${answer} (${reason}${policies.length === 0 ? "" : ` by ${policies.join(", ")}`})`,
    })),
    coverage: coverage.map(({ id, satisfied, unsatisfied }) => ({
      policy: id,
      satisfied: satisfied > 0,
      unsatisfied: unsatisfied > 0,
    })),
    problems: loaded.bundle.problems,
  };
}

/** Why the cases whose name holds this text are answered as they are. */
export async function explainPolicies(
  dir: string,
  text: string,
  changeable: readonly string[],
): Promise<{ readonly cases: readonly ExplainedCase[]; readonly problems: readonly Problem[] }> {
  const loaded = await loadBundle({ dir, timers: systemTimers });
  if ("problems" in loaded) return { cases: [], problems: loaded.problems };
  return { cases: explainCases(loaded.bundle, text, { changeable }), problems: [] };
}

/** Puts the files of a set into the one form; with `check` says only which are not in it. */
export function formatPolicies(dir: string, { check }: { readonly check: boolean }): Promise<Formatted> {
  return formatFolder({ dir, check, timers: systemTimers });
}

/** What tells two folders apart. @throws ServerError SERVER_POLICIES_INVALID for the first that cannot be loaded */
export async function diffPolicies(
  before: string,
  after: string,
  { tries, seed }: { readonly tries: number; readonly seed: number },
): Promise<BundleDiff> {
  return diffBundles(await loadPolicies(before), await loadPolicies(after), { tries, seed, at: systemClock.now() });
}

/** Loads a bundle that is to decide. @throws ServerError SERVER_POLICIES_INVALID with the first blocking problem */
export async function loadPolicies(dir: string): Promise<Bundle> {
  const loaded = await loadBundle({ dir, timers: systemTimers });
  if ("bundle" in loaded) return loaded.bundle;
  const [first] = loaded.problems.filter((problem) => problem.blocking);
  const place = first === undefined ? dir : `${first.file}:${first.line}:${first.column}`;
  throw new ServerError("SERVER_POLICIES_INVALID", `loading policies: ${place}: ${first?.text ?? "not a bundle"}`, {
    fix: first?.fix ?? `run \`bailiwick policy check ${dir}\` for all of it`,
  });
}

/** The sentences of the policies in force, by id and digest. */
export function policyTexts(bundle: Bundle): PolicyTexts {
  const known = new Map(bundle.policies.map((policy) => [`${policy.id} ${policy.digest}`, policy]));
  return { reason: (id, digest) => known.get(`${id} ${digest}`)?.reason };
}
