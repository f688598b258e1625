// SPDX-License-Identifier: Apache-2.0
// Which properties an object of each type that we write has, and which it must have.
// SOURCE: STIX 2.1 (OASIS Standard, 10 June 2021) sections 3.2, 4, 5.1, 5.2, 7.2.1, and its JSON schemas.

export interface Shape {
  readonly required: readonly string[];
  readonly known: ReadonlySet<string>;
}

const COMMON_REQUIRED = ["type", "spec_version", "id", "created", "modified"] as const;
const COMMON = [
  ...COMMON_REQUIRED,
  "created_by_ref",
  "labels",
  "external_references",
  "object_marking_refs",
  "extensions",
] as const;

const SHAPES: ReadonlyMap<string, Shape> = new Map([
  shape("attack-pattern", ["name"], ["description", "kill_chain_phases"]),
  shape("course-of-action", ["name"], ["description"]),
  shape("identity", ["name"], ["description", "identity_class", "sectors"]),
  shape("incident", ["name"], ["description"]),
  // one of region, country, or latitude and longitude is asked for; we write the country alone
  shape("location", ["country"], ["name"]),
  shape("note", ["content", "object_refs"], ["abstract"]),
  shape("report", ["name", "published", "object_refs"], ["description", "report_types"]),
  shape("relationship", ["relationship_type", "source_ref", "target_ref"], []),
  shape("sighting", ["sighting_of_ref"], ["first_seen", "last_seen", "count", "summary", "where_sighted_refs"]),
  [
    "marking-definition",
    {
      required: ["type", "spec_version", "id", "created", "name", "extensions"],
      known: new Set(["type", "spec_version", "id", "created", "name", "extensions"]),
    },
  ],
]);

function shape(type: string, required: readonly string[], others: readonly string[]): readonly [string, Shape] {
  return [type, { required: [...COMMON_REQUIRED, ...required], known: new Set([...COMMON, ...required, ...others]) }];
}

/** @returns nothing for a type that we never write */
export function shapeOf(type: string): Shape | undefined {
  return SHAPES.get(type);
}

/** The names of all types and properties. */
export function stixWords(): readonly string[] {
  return [...SHAPES].flatMap(([type, { known }]) => [type, ...known]);
}
