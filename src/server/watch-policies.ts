// SPDX-License-Identifier: Apache-2.0
// Looks at the policy folder again whenever something in it is saved (experience X7). For a demo and for a developer: elsewhere
// a change of the rules is published by two people.
import { watch } from "node:fs";
import type { Log, Timers } from "../core/index.ts";
import type { PolicyNews } from "./policies-in-force.ts";

/** UNIT: ms. An editor writes a file in several steps. */
const SETTLE_MS = 120;

export interface WatchedPolicies {
  readonly dir: string;
  readonly timers: Timers;
  readonly log: Log;
  /** Looks again, and puts in force what it finds. */
  readonly reload: () => Promise<PolicyNews>;
  readonly tell: (news: PolicyNews) => void;
}

/** @returns stops it */
export function watchPolicies({ dir, timers, log, reload, tell }: WatchedPolicies): () => void {
  let stopTimer: (() => void) | undefined;
  let running = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      const news = await reload();
      if (news.kind !== "same") tell(news);
    } catch (cause) {
      log.fault("SERVER_POLICIES_NOT_CHANGED", { why: cause instanceof Error ? cause.message : "unknown" });
    }
  };
  const watcher = watch(dir, () => {
    stopTimer?.();
    stopTimer = timers.after(SETTLE_MS, () => {
      running = running.then(look);
    });
  });
  watcher.on("error", (cause) => log.fault("SERVER_POLICIES_NOT_WATCHED", { why: cause.message }));
  return () => {
    stopTimer?.();
    watcher.close();
  };
}

/** One line for each file, at most 100 columns: what is gone, what is new, and what the last calls would get. */
export function newsLines(news: PolicyNews): readonly string[] {
  if (news.kind === "same") return [];
  if (news.kind === "refused") {
    const [first] = news.problems;
    const what = first === undefined ? "no bundle" : `${first.file}:${first.line}:${first.column}: ${first.text}`;
    return [`policy   ${what}`, `         nothing changed: the rules before it stay in force`];
  }
  const files = [...new Set(news.rules.map(({ file }) => file))];
  const would = news.calls.filter(({ was, now }) => was !== now);
  const moves = [...new Set(would.map(({ was, now }) => `${was} -> ${now}`))];
  const effect = `of the last ${news.calls.length} calls ${would.length} would differ${moves.length === 0 ? "" : ` (${moves.join(", ")})`}`;
  return [
    ...files.map((file) => `policy   ${file}: ${counted(news.rules.filter((rule) => rule.file === file))}`),
    `         ${effect}`,
  ];
}

function counted(rules: readonly { readonly how: string }[]): string {
  return ["gone", "new", "changed"]
    .map((how) => ({ how, n: rules.filter((rule) => rule.how === how).length }))
    .filter(({ n }) => n > 0)
    .map(({ how, n }) => `${n} ${n === 1 ? "rule" : "rules"} ${how}`)
    .join(", ");
}
