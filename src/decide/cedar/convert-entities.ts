// SPDX-License-Identifier: Apache-2.0
// Entities of a question, as the schema says (D7, D8). The schema is the authority on actions: their bodies are its own, and
// those that a question brings are not looked at.
import type { EntityJson, Json, JsonObject, Ref } from "../../core/index.ts";
import {
  type Convert,
  type ConvertRecord,
  type ConvertTo,
  checkRef,
  converter,
  recordConverter,
  remembered,
} from "./convert.ts";
import { type Entities, type EntityBody, everythingAbove } from "./entities.ts";
import { InputFault } from "./input.ts";
import type { Schema } from "./schema.ts";
import { EMPTY_RECORD, entityKey, type Value } from "./value.ts";

/** An entity as Cedar's JSON has it, with its tags. */
export interface EntityInput extends EntityJson {
  readonly tags?: JsonObject;
}

export type ConvertEntities = (entities: readonly EntityInput[]) => Entities | InputFault;

const NONE: ReadonlyMap<string, Value> = new Map();

interface EntityConverter {
  readonly attributes: ConvertRecord;
  readonly tags: Convert | undefined;
  readonly ancestors: ReadonlySet<string>;
  /** Entities of this type may be in one another, so that they can form a circle. */
  readonly circular: boolean;
}

export function entitiesConverter(to: ConvertTo): ConvertEntities {
  const actions = new Map(
    Array.from(to.schema.actions, ([key, { ancestors }]): [string, EntityBody] => [
      key,
      { attributes: EMPTY_RECORD, tags: NONE, parents: [], ancestors },
    ]),
  );
  const converters = new Map(
    Array.from(to.schema.entityTypes, ([name, type]): [string, EntityConverter] => [
      name,
      {
        attributes: remembered(recordConverter(type.attributes, to)),
        tags: type.tags === undefined ? undefined : converter(type.tags, to),
        ancestors: type.ancestors,
        circular: type.ancestors.has(name),
      },
    ]),
  );
  return (entities) => {
    if (entities.length > to.limits.entities) return new InputFault("too_many");
    const given = new Map<string, EntityBody>();
    for (const entity of entities) {
      const fault = convertInto(given, entity, converters, to.schema);
      if (fault !== undefined) return fault.under(`${entity.uid.type}::${entity.uid.id}`);
    }
    return findCircle(given, entities, converters) ?? { given, actions };
  };
}

function convertInto(
  given: Map<string, EntityBody>,
  entity: EntityInput,
  converters: ReadonlyMap<string, EntityConverter>,
  schema: Schema,
): InputFault | undefined {
  const { type, id } = entity.uid;
  const fault = checkRef(entity.uid, schema);
  if (fault !== undefined) return fault;
  const convert = converters.get(type);
  if (convert === undefined) return undefined;
  const key = entityKey(type, id);
  if (given.has(key)) return new InputFault("two_bodies");
  const record = convert.attributes(entity.attrs);
  if (record instanceof InputFault) return record;
  const tags = convertTags(entity.tags, convert.tags);
  if (tags instanceof InputFault) return tags.under("tags");
  const parents: string[] = [];
  for (const parent of entity.parents) {
    if (!convert.ancestors.has(parent.type)) return new InputFault("undeclared_parent");
    const bad = checkRef(parent, schema);
    if (bad !== undefined) return bad;
    parents.push(entityKey(parent.type, parent.id));
  }
  given.set(key, { attributes: record, tags, parents });
  return undefined;
}

function convertTags(
  tags: JsonObject | undefined,
  convert: Convert | undefined,
): ReadonlyMap<string, Value> | InputFault {
  if (tags === undefined) return NONE;
  const converted = new Map<string, Value>();
  for (const [name, json] of Object.entries<Json>(tags)) {
    if (convert === undefined) return new InputFault("undeclared_attribute", name);
    if (!name.isWellFormed()) return new InputFault("lone_surrogate");
    const value = convert(json);
    if (value instanceof InputFault) return value.under(name);
    converted.set(name, value);
  }
  return converted;
}

function findCircle(
  given: ReadonlyMap<string, EntityBody>,
  entities: readonly EntityInput[],
  converters: ReadonlyMap<string, EntityConverter>,
): InputFault | undefined {
  const isCircular = ({ type }: Ref): boolean => converters.get(type)?.circular === true;
  for (const { uid, parents } of entities) {
    if (!isCircular(uid) || !parents.some(isCircular)) continue;
    const key = entityKey(uid.type, uid.id);
    const body = given.get(key);
    if (body === undefined) continue;
    body.ancestors = everythingAbove(body, given);
    if (body.ancestors.has(key)) return new InputFault("parent_cycle");
  }
  return undefined;
}
