// SPDX-License-Identifier: Apache-2.0
// What is left of the objects, as one bundle in which every reference leads somewhere. An object that needs one that does
// not leave does not leave either.
import { isJsonArray, type Json, type JsonObject, jsonObject, member, type Tlp } from "../../core/index.ts";
import { minimise, type Removal } from "../minimise/minimise.ts";
import type { Profile } from "../minimise/profile.ts";
import { reasonText } from "../minimise/reasons.ts";
import { marking } from "../stix/markings.ts";
import { shapeOf } from "../stix/shapes.ts";

export interface Assembled {
  /** The marking first; without it there is nothing. */
  readonly objects: readonly JsonObject[];
  /** Pointers from the root of `{objects}` as it is known here. */
  readonly removed: readonly Removal[];
}

/** An object that may leave, and its place among those that are known. */
interface Leaving {
  readonly at: number;
  readonly object: JsonObject;
}

/** @param known the objects with all that is known, without the marking */
export function assemble(known: readonly JsonObject[], profile: Profile, tlp: Tlp): Assembled {
  const removed: Removal[] = [];
  let leaving: readonly Leaving[] = known.flatMap((object, at) => {
    const left = minimise(object, profile);
    removed.push(...left.removed.map((one) => ({ ...one, pointer: `/objects/${at}${one.pointer}` })));
    return left.object === undefined ? [] : [{ at, object: left.object }];
  });
  const mark = marking(tlp);
  // each round takes at least one object or reference away, or is the last
  for (let before = -1; before !== removed.length; ) {
    before = removed.length;
    const ids = new Set([...leaving.map(({ object }) => object["id"]), mark["id"]]);
    leaving = leaving.flatMap((one) => {
      const object = withoutDangling(one, known[one.at] ?? {}, ids, removed);
      return object === undefined ? [] : [{ at: one.at, object }];
    });
  }
  return { objects: leaving.length === 0 ? [] : [mark, ...leaving.map(({ object }) => object)], removed };
}

/** @returns nothing where what it needs does not leave */
function withoutDangling(
  { at, object }: Leaving,
  source: JsonObject,
  ids: ReadonlySet<Json | undefined>,
  removed: Removal[],
): JsonObject | undefined {
  const gone: string[] = [];
  const members: (readonly [string, Json])[] = [];
  for (const [name, value] of Object.entries(object)) {
    const left = name.endsWith("_ref") || name.endsWith("_refs") ? living(value, ids) : value;
    if (left !== undefined) members.push([name, left]);
    gone.push(...goneFrom(name, value, ids, source));
  }
  if (gone.length === 0) return object;
  const left = jsonObject(members);
  const { type } = object;
  const { required = [] } = (typeof type === "string" ? shapeOf(type) : undefined) ?? {};
  const isWhole = required.every((name) => Object.hasOwn(left, name));
  for (const pointer of isWhole ? gone : [""])
    removed.push({ pointer: `/objects/${at}${pointer}`, code: "reference", reason: reasonText("reference") });
  return isWhole ? left : undefined;
}

function living(value: Json, ids: ReadonlySet<Json | undefined>): Json | undefined {
  if (!isJsonArray(value)) return ids.has(value) ? value : undefined;
  const kept = value.filter((id) => ids.has(id));
  return kept.length === 0 ? undefined : kept;
}

/** Pointers to the references that lead nowhere, as they stand in the source. */
function goneFrom(name: string, value: Json, ids: ReadonlySet<Json | undefined>, source: JsonObject): string[] {
  if (name.endsWith("_ref")) return ids.has(value) ? [] : [`/${name}`];
  if (!name.endsWith("_refs") || !isJsonArray(value)) return [];
  const before = member(source, name);
  const index = (id: Json): number => (isJsonArray(before) ? before.indexOf(id) : -1);
  return value.filter((id) => !ids.has(id)).map((id) => `/${name}/${index(id)}`);
}
