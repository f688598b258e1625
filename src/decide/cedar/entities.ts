// SPDX-License-Identifier: Apache-2.0
// The entities of one question: attributes, tags, and who is in whom. They live as long as the question does; nothing that
// a request brings is kept (D11).
import type { CedarRecord, EntityUid, Value } from "./value.ts";

export interface EntityBody {
  readonly attributes: CedarRecord;
  readonly tags: ReadonlyMap<string, Value>;
  /** Keys of what it is directly in. */
  readonly parents: readonly string[];
  /** Keys of everything it is in; found when it is first asked for. */
  ancestors?: ReadonlySet<string>;
}

/** Bodies by {@link EntityUid.key}. */
export interface Entities {
  readonly given: ReadonlyMap<string, EntityBody>;
  /** Those of the schema. */
  readonly actions: ReadonlyMap<string, EntityBody>;
}

const NOWHERE: ReadonlySet<string> = new Set();

export function bodyOf(entities: Entities, uid: EntityUid): EntityBody | undefined {
  return entities.given.get(uid.key) ?? entities.actions.get(uid.key);
}

/** Keys of everything that an entity is in, directly or through others. */
export function ancestorsOf(entities: Entities, uid: EntityUid): ReadonlySet<string> {
  const body = bodyOf(entities, uid);
  if (body === undefined || body.parents.length === 0) return body?.ancestors ?? NOWHERE;
  body.ancestors ??= everythingAbove(body, entities.given);
  return body.ancestors;
}

/** Cedar's `in`: an entity is in itself. */
export function isIn(entities: Entities, child: EntityUid, ancestor: string): boolean {
  return child.key === ancestor || ancestorsOf(entities, child).has(ancestor);
}

/** Keys of what a body is in, of what that is in, and so on; itself among them only in a circle. */
export function everythingAbove(body: EntityBody, given: ReadonlyMap<string, EntityBody>): ReadonlySet<string> {
  const above = new Set(body.parents);
  // a Set hands out what is added to it while it is walked
  for (const key of above) for (const parent of given.get(key)?.parents ?? []) above.add(parent);
  return above;
}
