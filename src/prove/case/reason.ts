// SPDX-License-Identifier: Apache-2.0
// The tree of reasons: cut to the branches that decide (prove J32), and its open leaves (prove J33).
import { isAsked } from "../regimes/expression.ts";
import { askOf } from "./leaf.ts";
import type { Ask, Reason, Truth } from "./verdict.ts";

/** The same truth from no more than the branches that bring it about. */
export function cut(reason: Reason): Reason {
  return { ...reason, because: deciding(reason).map(cut) };
}

function deciding({ truth, expr, because }: Reason): readonly Reason[] {
  const those = (...wanted: readonly Truth[]): readonly Reason[] =>
    because.filter((part) => wanted.includes(part.truth));
  // one false part decides a false `and`, and all parts a true one; an open one hangs on its open parts
  if (expr.type === "and" || expr.type === "or") return those(truth);
  if (expr.type !== "at_least") return because;
  return truth === "unknown" ? those("true", "unknown") : those(truth);
}

/** What has to be answered for an open reason to close, in the order in which the law names it; nothing for a closed one. */
export function openAsks(reason: Reason): readonly Ask[] {
  if (reason.truth !== "unknown") return [];
  if (isAsked(reason.expr)) return [askOf(reason.expr)];
  return [...new Set(reason.because.flatMap(openAsks))];
}
