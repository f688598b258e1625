// SPDX-License-Identifier: Apache-2.0
// What a clock is: law that binds, or something that is shown as what it is (prove J13).
import type { Standing } from "../case/verdict.ts";
import type { Duty, Stage } from "../regimes/row.ts";
import type { Origin } from "./terms.ts";

export type ClockKind = "hard" | "provisional" | "guidance" | "draft" | "target" | "contract" | "assessment";

/** A kind, and why it is not hard. */
export interface KindOf {
  readonly kind: ClockKind;
  readonly why?: string | undefined;
}

/** Standings in which the law starts clocks. */
const STARTS: ReadonlySet<Standing> = new Set(["in_force", "commenced", "expired"]);

/** Whether a row or stage that stands so starts clocks at all (prove J7). */
export function startsClocks(standing: Standing): boolean {
  return STARTS.has(standing);
}

/** @param reviewed the row is enabled by the signatures of people, and they have not lapsed */
export function kindOf(
  duty: Pick<Duty, "confidence" | "verified">,
  stage: Pick<Stage, "binding">,
  standing: Standing,
  { reviewed, origin }: { readonly reviewed: boolean; readonly origin: Origin },
): KindOf {
  if (origin === "expectation") return { kind: "guidance", why: "the law has no number: an authority expects this" };
  if (origin === "target") return { kind: "target", why: "the law has no number: the organisation set this itself" };
  switch (stage.binding) {
    case "guidance":
    case "voluntary_code":
      return { kind: "guidance", why: `binding: ${stage.binding}` };
    case "draft":
      return { kind: "draft", why: "binding: draft" };
    case "assessment_window":
      return { kind: "assessment", why: "binding: assessment_window" };
    case undefined:
  }
  const failed = [
    reviewed ? undefined : "nobody enabled the row",
    standing === "in_force" ? undefined : `the row is ${standing}`,
    duty.verified === "unsourced" ? "the row has no source" : undefined,
    duty.confidence === "low" ? "the confidence in the row is low" : undefined,
  ].find((why) => why !== undefined);
  return failed === undefined ? { kind: "hard" } : { kind: "provisional", why: failed };
}
