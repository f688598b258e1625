// SPDX-License-Identifier: Apache-2.0
// Days as the data writes them, without a zone.
import { z } from "zod";
import { CoreError, type Instant, parseInstant } from "../core/index.ts";

/** A day `2027-01-31`, read as its first instant in UTC. */
export const day: z.ZodType<Instant> = z.string().transform((text, context) => {
  try {
    return parseInstant(`${text}T00:00:00.000Z`);
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    context.addIssue("not a day such as 2027-01-31");
    return z.NEVER;
  }
});

/** A span of time: from its first instant, and no longer at `until`; open where a side is absent. */
export interface Span {
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
}

export function holdsAt({ from, until }: Span, at: Instant): boolean {
  return (from === undefined || from <= at) && (until === undefined || at < until);
}

/** The earliest of some ends; nothing where all are open. */
export function earliest(ends: readonly (Instant | undefined)[]): Instant | undefined {
  return ends.filter((end) => end !== undefined).toSorted((a, b) => a - b)[0];
}
