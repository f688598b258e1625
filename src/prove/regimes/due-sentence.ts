// SPDX-License-Identifier: Apache-2.0
// When something is due, as a sentence: the figures and words of the row, and nothing that a reckoning would add.
import type { Due, EventId, IsoDuration, Stage } from "./row.ts";

/** `within 72 hours of awareness`; without a number, the words of the law. */
export function dueSentence({ due, binding, binds }: Stage): string {
  const figure = due.op === "earliest" ? earliest(due) : single(due);
  const parts = [
    figure,
    figure === undefined ? `no number in the law: "${due.standard ?? ""}"` : (due.standard ?? []),
    ...(due.contested ?? []).map(
      ({ from, from_stage, why }) => `contested: from ${eventText(from, from_stage)} (${why})`,
    ),
    due.expectation === undefined
      ? []
      : `${due.expectation.of} expects ${lengthText(due.expectation.duration)} from ${eventText(due.expectation.from)}`,
    due.order?.before_stage === undefined ? [] : `before ${words(due.order.before_stage)}`,
    due.order?.with_stage === undefined ? [] : `together with ${words(due.order.with_stage)}`,
    binding === undefined ? [] : `not statutory: ${words(binding)}`,
    binds === undefined ? [] : `binds the ${words(binds)}, not you`,
  ].flat();
  return parts.filter((part) => part !== undefined).join("; ");
}

function single(due: Extract<Due, { readonly op?: undefined }>): string | undefined {
  if (due.duration === null || due.from === undefined) return undefined;
  const stages = [due.from_stage ?? []].flat().join(" or ");
  const event = eventText(due.from, stages === "" ? undefined : stages, due.which);
  const year = due.of === undefined ? "" : ` of ${words(due.of)}`;
  return `within ${lengthText(due.duration, due.day_count)} of ${event}${year}`;
}

function earliest(due: Extract<Due, { readonly op: "earliest" }>): string {
  const terms = due.terms.map(({ after, duration }) => `${lengthText(duration, due.day_count)} of ${eventText(after)}`);
  const { override } = due;
  const instead =
    override === undefined
      ? ""
      : `; where ${override.if}, within ${lengthText(override.then.duration)} of ${eventText(override.then.after)} (${override.cite})`;
  return `within the earliest of ${terms.join(" and ")}${instead}`;
}

function eventText(event: EventId, stage?: string, which?: "latest"): string {
  if (stage === undefined) return words(event);
  return `the ${which ?? "first"} ${words(event)} of ${words(stage)}`;
}

const UNITS: Readonly<Record<string, string>> = { TH: "hour", TM: "minute", D: "day", M: "month" };

/** `72 hours`, `4 business days`. */
function lengthText(duration: IsoDuration, count?: "calendar" | "business"): string {
  const {
    time = "",
    number = "",
    letter = "",
  } = /^P(?<time>T?)(?<number>\d+)(?<letter>[A-Z])$/.exec(duration)?.groups ?? {};
  const unit = UNITS[`${time}${letter}`] ?? duration;
  const open = count === "business" && unit === "day" ? "business " : "";
  return `${number} ${open}${unit}${number === "1" ? "" : "s"}`;
}

function words(name: string): string {
  return name.replaceAll("_", " ");
}
