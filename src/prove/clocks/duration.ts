// SPDX-License-Identifier: Apache-2.0
// The durations that laws use, ISO 8601: either elapsed time or a count of days or months, never a mixture.
import { quote } from "../../core/index.ts";
import { ProveError } from "../errors.ts";
import { HOUR_MS } from "./days.ts";

/** Elapsed time on the line of instants, or a count of days or calendar months on a calendar. */
export type Duration =
  | { readonly unit: "elapsed"; readonly ms: number }
  | { readonly unit: "days" | "months"; readonly n: number };

const ELAPSED = /^PT(?:(\d{1,5})H)?(?:(\d{1,5})M)?$/;
const COUNTED = /^P(?:(\d{1,5})([DWM])|(\d{1,2})Y)$/;

/** @throws ProveError PROVE_CLOCK_INVALID */
export function parseDuration(text: string): Duration {
  const [elapsed, hours, minutes] = ELAPSED.exec(text) ?? [];
  if (elapsed !== undefined && (hours !== undefined || minutes !== undefined)) {
    return { unit: "elapsed", ms: Number(hours ?? 0) * HOUR_MS + Number(minutes ?? 0) * 60_000 };
  }
  const [, n, letter, years] = COUNTED.exec(text) ?? [];
  if (years !== undefined) return { unit: "months", n: Number(years) * 12 };
  if (n !== undefined && letter === "M") return { unit: "months", n: Number(n) };
  if (n !== undefined) return { unit: "days", n: Number(n) * (letter === "W" ? 7 : 1) };
  const how = "write hours and minutes, or one count of days, weeks, months or years, as ISO 8601 does";
  throw new ProveError("PROVE_CLOCK_INVALID", `reading duration ${quote(text)}: ${how}`);
}
