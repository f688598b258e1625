// SPDX-License-Identifier: Apache-2.0
// A day of a calendar, without a zone.
import { z } from "zod";
import type { LocalDay } from "./row.ts";

/** `2027-01-31`; a day that no calendar has is refused. */
export const localDay: z.ZodType<LocalDay, string> = z.iso
  .date("not a day such as 2027-01-31")
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
  .transform((day) => day as LocalDay);
