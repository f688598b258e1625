// SPDX-License-Identifier: Apache-2.0
// Entities that the deployment knows by itself (D12): people, records, whatever a domain's rules speak of. A write binds the
// very next question. A question takes along only the slice that its rules can reach, so that the slice can be recorded.
import { type EntityJson, isJsonArray, isJsonObject, type Json, type Ref } from "../core/index.ts";
import { readEntityUid } from "./cedar/convert.ts";
import { entityKey } from "./cedar/value.ts";

/** Entities that one slice may hold; a question that reaches more is refused, never cut. */
const SLICE_MAX = 64;

export class Residents {
  private readonly byKey = new Map<string, EntityJson>();
  /** Ids by type, sorted when they are asked for. */
  private readonly ids = new Map<string, { readonly of: Set<string>; sorted: readonly string[] | undefined }>();
  private readonly elsewhere: (ref: Ref) => EntityJson | undefined;
  /** Grows with every write. */
  version = 0;

  /** @param elsewhere answers for what another room keeps; a search does not see it */
  constructor(elsewhere: (ref: Ref) => EntityJson | undefined = () => undefined) {
    this.elsewhere = elsewhere;
  }

  put(entity: EntityJson): void {
    const { type, id } = entity.uid;
    this.byKey.set(entityKey(type, id), entity);
    const known = this.ids.get(type) ?? { of: new Set<string>(), sorted: undefined };
    if (!known.of.has(id)) this.ids.set(type, { of: known.of.add(id), sorted: undefined });
    this.version += 1;
  }

  remove({ type, id }: Ref): void {
    if (!this.byKey.delete(entityKey(type, id))) return;
    const known = this.ids.get(type);
    known?.of.delete(id);
    if (known !== undefined) this.ids.set(type, { of: known.of, sorted: undefined });
    this.version += 1;
  }

  get({ type, id }: Ref): EntityJson | undefined {
    return this.byKey.get(entityKey(type, id)) ?? this.elsewhere({ type, id });
  }

  /** Ids of one type, in the order of their UTF-16 units. */
  idsOf(type: string): readonly string[] {
    const known = this.ids.get(type);
    if (known === undefined) return [];
    known.sorted ??= [...known.of].toSorted((a, b) => (a < b ? -1 : 1));
    return known.sorted;
  }

  /**
   * The bodies given and everything known that they reach: what they are in, and what their attributes name.
   * `undefined` where that is more than one question may hold.
   */
  sliceOf(roots: readonly EntityJson[]): readonly EntityJson[] | undefined {
    const slice = new Map(roots.map((root) => [entityKey(root.uid.type, root.uid.id), root]));
    // a Map hands out what is added to it while it is walked
    for (const entity of slice.values()) {
      for (const ref of reached(entity)) {
        const key = entityKey(ref.type, ref.id);
        const body = slice.has(key) ? undefined : this.get(ref);
        if (body === undefined) continue;
        if (slice.size >= SLICE_MAX) return undefined;
        slice.set(key, body);
      }
    }
    return [...slice.values()];
  }
}

function reached({ parents, attrs }: EntityJson): readonly Ref[] {
  const refs: Ref[] = [...parents];
  collect(attrs, refs);
  return refs;
}

/** Entities named anywhere in a value; one that is none by the schema is in no table, and so reaches nothing. */
function collect(json: Json, into: Ref[]): void {
  if (isJsonArray(json)) {
    for (const item of json) collect(item, into);
    return;
  }
  if (!isJsonObject(json)) return;
  const uid = readEntityUid(json);
  if (uid === undefined) for (const name of Object.keys(json)) collect(json[name] ?? null, into);
  else into.push(uid);
}
