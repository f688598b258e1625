// SPDX-License-Identifier: Apache-2.0
// What may become of a leaf. Each is idempotent, and a coarser one after a finer one gives what the coarser one alone gives.
import { type Json, RawNumber } from "../../core/index.ts";

export const TRANSFORMS = ["keep", "hour", "day", "month", "country"] as const;
export type Transform = (typeof TRANSFORMS)[number];

const TIMESTAMP = /^([0-9]{4}-[0-9]{2})-([0-9]{2})T([0-9]{2}):[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z$/;
const PLACE = /^(?!EU$)([A-Z]{2})(?:-[A-Z0-9]{1,3})?$/;

/** @returns nothing for a leaf that is not of the kind that the transform is for */
export function transformed(leaf: Json, transform: Transform): Json | undefined {
  if (transform === "keep") return leaf === null || leaf instanceof RawNumber ? undefined : leaf;
  if (typeof leaf !== "string") return undefined;
  if (transform === "country") return PLACE.exec(leaf)?.[1];
  const [, month, day, hour] = TIMESTAMP.exec(leaf) ?? [];
  if (month === undefined) return undefined;
  if (transform === "month") return `${month}-01T00:00:00.000Z`;
  return transform === "day" ? `${month}-${day}T00:00:00.000Z` : `${month}-${day}T${hour}:00:00.000Z`;
}
