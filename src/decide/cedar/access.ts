// SPDX-License-Identifier: Apache-2.0
// Looking into records and entities. An entity that nobody described has no attributes and is in nothing: `has` is false
// there, `.` is an error (D3).
import { bodyOf, type Entities, isIn } from "./entities.ts";
import { Fault, NO_ATTRIBUTE, NO_ENTITY, NO_TAG, TYPE } from "./fault.ts";
import { notReadable } from "./sealed.ts";
import { CedarRecord, CedarSet, EntityUid, type Value } from "./value.ts";

export function attributeOf(entities: Entities, value: Value, name: string): Value | Fault {
  if (value instanceof CedarRecord) return value.get(name) ?? NO_ATTRIBUTE;
  if (!(value instanceof EntityUid)) return TYPE;
  const body = bodyOf(entities, value);
  return body === undefined ? NO_ENTITY : (body.attributes.get(name) ?? NO_ATTRIBUTE);
}

/** `value has a.b.c`. */
export function hasPath(entities: Entities, value: Value, path: readonly string[]): boolean | Fault {
  let at = value;
  for (const name of path) {
    const next = attributeOf(entities, at, name);
    if (next instanceof Fault) return next === TYPE ? TYPE : false;
    at = next;
  }
  return true;
}

export function tagOf(entities: Entities, entity: Value, tag: Value): Value | Fault {
  if (!(entity instanceof EntityUid)) return TYPE;
  if (typeof tag !== "string") return notReadable(tag);
  const body = bodyOf(entities, entity);
  return body === undefined ? NO_ENTITY : (body.tags.get(tag) ?? NO_TAG);
}

export function hasTag(entities: Entities, entity: Value, tag: Value): boolean | Fault {
  if (!(entity instanceof EntityUid)) return TYPE;
  if (typeof tag !== "string") return notReadable(tag);
  return bodyOf(entities, entity)?.tags.has(tag) === true;
}

/** `entity in container`, where the container is an entity or a set of nothing but entities. */
export function isInside(entities: Entities, entity: Value, container: Value): boolean | Fault {
  if (!(entity instanceof EntityUid)) return TYPE;
  if (container instanceof EntityUid) return isIn(entities, entity, container.key);
  if (!(container instanceof CedarSet)) return TYPE;
  let found = false;
  for (const item of container.items) {
    if (!(item instanceof EntityUid)) return TYPE;
    found ||= isIn(entities, entity, item.key);
  }
  return found;
}
