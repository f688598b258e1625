// SPDX-License-Identifier: Apache-2.0
// Times as callers write them: RFC 3339 in UTC, and where a day is meant its first moment.
import { z } from "zod";
import { CoreError, type Instant, parseInstant } from "../../core/index.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A moment. */
export const instantText: z.ZodType<Instant, string> = z.string().transform(readWith((text) => parseInstant(text)));

/** A moment, or a day. */
export const dayText: z.ZodType<Instant, string> = z
  .string()
  .transform(readWith((text) => parseInstant(DAY.test(text) ? `${text}T00:00:00Z` : text)));

/** Nothing where it is no moment. */
export function instantOf(text: string): Instant | undefined {
  return instantText.safeParse(text).data;
}

function readWith(
  read: (text: string) => Instant,
): (text: string, context: { addIssue(issue: { code: "custom"; message: string }): void }) => Instant {
  return (text, context) => {
    try {
      return read(text);
    } catch (cause) {
      if (!(cause instanceof CoreError)) throw cause;
      context.addIssue({ code: "custom", message: cause.message });
      return z.NEVER;
    }
  };
}
