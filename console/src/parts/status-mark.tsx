// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";
import { AnswerMark } from "./answer-mark.tsx";

/** The shape of each status; what nobody knows has none. */
const SHAPES: ReadonlyMap<string, string> = new Map([
  ["active", "allow"],
  ["suspended", "challenge"],
  ["isolated", "contained"],
  ["retired", "log"],
]);

interface StatusMarkProps {
  readonly status: string;
  /** What an order does to it, which is louder than its status. */
  readonly effect?: string | undefined;
}

/** How an identity stands: word, shape and colour. */
export function StatusMark({ status, effect }: StatusMarkProps): ReactNode {
  if (effect === undefined) return <AnswerMark answer={SHAPES.get(status) ?? ""} word={status} />;
  return <AnswerMark answer="contained" word={effect === "isolate" ? "isolated" : effect} />;
}
