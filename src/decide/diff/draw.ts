// SPDX-License-Identifier: Apache-2.0
// A question drawn at random from a schema and pools of constants: every kind of request that the schema knows, entities with
// bodies of their own, and groups that policies name.
import {
  type DomainId,
  type EntityJson,
  formatInstant,
  type Instant,
  instant,
  type Json,
  type JsonObject,
  jsonObject,
  parsePointId,
  type Question,
  RawNumber,
  type Ref,
} from "../../core/index.ts";
import { DUTIES } from "../authzen/duties.ts";
import type { Action, RecordType, Schema, Type } from "../cedar/schema.ts";
import type { Extension } from "../cedar/value.ts";
import { valueText } from "../explain/print.ts";
import type { Pools } from "./pools.ts";

/** Chance from a seed: the same seed draws the same questions (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface World {
  readonly schema: Schema;
  readonly pools: Pools;
  readonly domain: DomainId;
  readonly at: Instant;
  readonly chance: () => number;
}

/** Longest set that is drawn. */
const SET_MAX = 3;
const POINT = parsePointId("diff/mcp");
/** An identity that may act: what no rule decides is not what two sets differ in. */
const ALIVE_MS = 86_400_000;

/** A kind of request: one action, one type of principal, one of resource. */
export interface Kind {
  readonly action: Action;
  readonly principal: string;
  readonly resource: string;
}

export function kindsOf({ actions }: Schema): readonly Kind[] {
  return [...actions.values()].flatMap((action) =>
    [...action.principals].flatMap((principal) =>
      [...action.resources].map((resource) => ({ action, principal, resource })),
    ),
  );
}

export function drawQuestion(world: World, { action, principal, resource }: Kind): Question {
  const [who, what] = [refOf(world, principal), refOf(world, resource)];
  const bodies = new Map<string, EntityJson>();
  const others: Ref[] = [];
  const tell = (ref: Ref): void => void others.push(ref);
  for (const ref of [who, what]) bodies.set(`${ref.type} ${ref.id}`, bodyOf(world, ref, tell));
  const context = recordOf(world, action.context, tell);
  // what is named gets a body too, once: rules look one step further
  for (const ref of others.slice(0, 16)) {
    const key = `${ref.type} ${ref.id}`;
    if (!bodies.has(key))
      bodies.set(
        key,
        bodyOf(world, ref, () => undefined),
      );
  }
  const obligations = new Set<string>(DUTIES);
  const entities = [...bodies.values()];
  const { domain, at } = world;
  return {
    domain,
    principal: who,
    action: action.uid.id,
    resource: what,
    context,
    entities,
    pep: { id: POINT, obligations },
    at,
  };
}

type Tell = (ref: Ref) => void;

function pick<T>({ chance }: World, items: readonly T[]): T | undefined {
  return items[Math.floor(chance() * items.length)];
}

function refOf(world: World, type: string): Ref {
  const declared = world.schema.entityTypes.get(type)?.ids;
  const known = [...(declared ?? world.pools.entities.get(type) ?? [])];
  return { type, id: pick(world, declared === undefined ? [...known, "one", "two"] : known) ?? "one" };
}

function bodyOf(world: World, uid: Ref, tell: Tell): EntityJson {
  const type = world.schema.entityTypes.get(uid.type);
  if (type === undefined) return { uid, attrs: {}, parents: [] };
  const drawn = recordOf(world, type.attributes, tell);
  const alive = Object.entries(aliveAt(world.at)).filter(([name]) => type.attributes.attributes.has(name));
  const parents = [...type.ancestors]
    .filter((one) => one !== uid.type && world.chance() < 0.7)
    .map((one) => refOf(world, one));
  return { uid, attrs: jsonObject([...Object.entries(drawn), ...alive]), parents };
}

function aliveAt(at: Instant): Readonly<Record<"status" | "expires", string>> {
  return { status: "active", expires: formatInstant(instant(at + ALIVE_MS)) };
}

function recordOf(world: World, { attributes }: RecordType, tell: Tell): JsonObject {
  const members: [string, Json][] = [];
  for (const [name, { type, required }] of attributes)
    if (required || world.chance() < 0.6) members.push([name, valueOf(world, type, tell)]);
  return jsonObject(members);
}

function valueOf(world: World, type: Type, tell: Tell): Json {
  switch (type.kind) {
    case "bool":
      return world.chance() < 0.5;
    case "long": {
      const value = pick(world, world.pools.longs) ?? 0;
      return typeof value === "bigint" ? new RawNumber(String(value)) : value;
    }
    case "string":
      return pick(world, world.pools.texts) ?? "";
    case "entity": {
      const ref = refOf(world, type.name);
      tell(ref);
      return jsonObject([
        ["type", ref.type],
        ["id", ref.id],
      ]);
    }
    case "set":
      return Array.from({ length: Math.floor(world.chance() * (SET_MAX + 1)) }, () =>
        valueOf(world, type.element, tell),
      );
    case "record":
      return recordOf(world, type, tell);
    case "extension":
      return extensionOf(world, type.name);
    default:
      return type satisfies never;
  }
}

function extensionOf(world: World, name: Extract<Type, { kind: "extension" }>["name"]): Json {
  const { decimals, datetimes, durations, addresses } = world.pools;
  const pools = { decimal: decimals, datetime: datetimes, duration: durations, ipaddr: addresses };
  const value = pick<Extension>(world, pools[name]);
  const text = value === undefined ? "" : valueText(value);
  // `decimal("1.5")`: what stands in the quotes is what the schema reads
  return text.slice(text.indexOf('"') + 1, text.lastIndexOf('"'));
}
