// SPDX-License-Identifier: Apache-2.0
// What a verifier answers: a list of checks, each passed, failed or not run. Not run is never passed: where a check is
// required, the verdict is not ok until it ran.

export type CheckName =
  | "format"
  | "files"
  | "manifest"
  | "origin"
  | "log-signature"
  | "second-signature"
  | "witness-quorum"
  | "age"
  | "inclusion"
  | "range"
  | "growth"
  | "entries"
  | "tiles"
  | "log-binding"
  | "schema"
  | "approvals"
  | "opening"
  | "history"
  | "journal"
  | "unpublished";

export interface Check {
  readonly result: "passed" | "failed" | "not-run";
  readonly name: CheckName;
  /** What was seen; for a failure its place first (file, offset, entry). */
  readonly detail: string;
}

export interface Verdict {
  /** Every required check passed. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

const WORSE = { passed: 0, "not-run": 1, failed: 2 } as const;

/** Gathers checks in the order in which they are first named. The worst result of a check stays, and the first of equals. */
export class Report {
  private readonly checks = new Map<CheckName, Check>();
  private readonly optional = new Set<CheckName>();

  passed(name: CheckName, detail: string): void {
    this.add({ result: "passed", name, detail });
  }

  failed(name: CheckName, detail: string): void {
    this.add({ result: "failed", name, detail });
  }

  notRun(name: CheckName, detail: string): void {
    this.add({ result: "not-run", name, detail });
  }

  /** Takes over what another verdict says, but for checks that say something else there. */
  include({ checks }: Verdict, but: ReadonlySet<CheckName> = new Set()): void {
    for (const check of checks) if (!but.has(check.name) || check.result === "failed") this.add(check);
  }

  /** A check that may stay out without making the verdict worse. */
  notRunOptional(name: CheckName, detail: string): void {
    this.optional.add(name);
    this.notRun(name, detail);
  }

  verdict(): Verdict {
    const checks = [...this.checks.values()];
    const counts = (check: Check): boolean =>
      check.result === "passed" || (check.result === "not-run" && this.optional.has(check.name));
    return { ok: checks.every(counts), checks };
  }

  private add(check: Check): void {
    const before = this.checks.get(check.name);
    if (before === undefined || WORSE[check.result] > WORSE[before.result]) this.checks.set(check.name, check);
  }
}
