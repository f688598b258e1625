// SPDX-License-Identifier: Apache-2.0
// Places: which the data knows, and which lies inside which. A country holds its subdivisions, a group its members.
import { z } from "zod";
import { oneOf } from "../yaml-file.ts";

/** Countries and subdivisions, ISO 3166-1 and -2. */
export type Leaves = ReadonlySet<string>;
/** What each place stands for. A place that is not here is unknown. */
export type Places = ReadonlyMap<string, Leaves>;

export interface PlacesFile {
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly known: readonly string[];
  readonly organisations: readonly string[];
}

/** `places.yaml`. */
export const placesFile: z.ZodType<PlacesFile> = z
  .strictObject({
    schema: z.literal("bailiwick-places/1"),
    compiled: z.iso.date(),
    groups: z.record(z.string(), z.array(z.string()).min(1)),
    note: z.string(),
    known: z.array(z.string().regex(/^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/)),
    organisations: z.array(z.string()),
  })
  .superRefine(({ groups, known }, context) => {
    const so = new Set(known);
    for (const [group, members] of Object.entries(groups)) {
      // a group may hold only groups that stand before it, so that none holds itself
      const { success, error } = z.array(oneOf("place", so)).safeParse(members);
      const [issue] = error?.issues ?? [];
      if (!success) context.addIssue({ code: "custom", path: ["groups", group], message: issue?.message ?? "invalid" });
      so.add(group);
    }
  });

export function placesOf({ groups, known }: PlacesFile): Map<string, Leaves> {
  const places = new Map<string, Leaves>(known.map((place) => [place, new Set([place])]));
  for (const [group, members] of Object.entries(groups)) {
    places.set(group, new Set(members.flatMap((member) => [...(places.get(member) ?? [])])));
  }
  return places;
}

/** Whether all of a place lies inside another. */
export function isWithin(inner: Leaves, outer: Leaves): boolean {
  return inner.size > 0 && [...inner].every((leaf) => outer.has(leaf) || outer.has(leaf.slice(0, "XX".length)));
}
