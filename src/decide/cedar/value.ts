// SPDX-License-Identifier: Apache-2.0
// Cedar values. Booleans, Longs and strings are JavaScript's own; the rest are classes, because `instanceof` is the
// cheapest type test there is and the evaluator does little else.
import type { Datetime, Duration } from "./datetime.ts";
import type { Decimal } from "./decimal.ts";
import type { IpAddress } from "./ip.ts";
import type { Long } from "./long.ts";
import { Sealed } from "./sealed.ts";

export type Primitive = boolean | Long | string;
export type Value = Primitive | EntityUid | CedarSet | CedarRecord | Extension | Sealed;

/** What the extension types share: a type of their own, and one text for one value. */
export type Extension = Decimal | Datetime | Duration | IpAddress;

/** One text for one entity: a type name holds no NUL, so two entities never share a key. */
export function entityKey(type: string, id: string): string {
  return `${type}\0${id}`;
}

export class EntityUid {
  readonly type: string;
  readonly id: string;
  readonly key: string;
  constructor(type: string, id: string) {
    this.type = type;
    this.id = id;
    this.key = entityKey(type, id);
  }
}

/** Position of each name among the values of a record. All records of one declared type share it. */
export type Layout = ReadonlyMap<string, number>;

/** A record: values in the order of a layout, with a hole where an optional attribute is absent. */
export class CedarRecord {
  private readonly layout: Layout;
  private readonly values: readonly (Value | undefined)[];

  constructor(layout: Layout, values: readonly (Value | undefined)[]) {
    this.layout = layout;
    this.values = values;
  }

  get(name: string): Value | undefined {
    const at = this.layout.get(name);
    return at === undefined ? undefined : this.values[at];
  }

  /** The attributes that are there. */
  entries(): readonly (readonly [string, Value])[] {
    return Array.from(this.layout).flatMap(([name, at]) => {
      const value = this.values[at];
      return value === undefined ? [] : [[name, value] as const];
    });
  }
}

export const EMPTY_RECORD: CedarRecord = new CedarRecord(new Map(), []);

/** The layout of these names, in their order. */
export function layoutOf(names: readonly string[]): Layout {
  return new Map(names.map((name, at) => [name, at]));
}

/** Up to here a walk over the elements is quicker than an index of them. */
const WALK_MAX = 8;

/** A set: order and duplicates mean nothing. The index is made when it is first needed. */
export class CedarSet {
  readonly items: readonly Value[];
  private keys: ReadonlySet<string> | undefined;
  private hides: boolean | undefined;

  constructor(items: readonly Value[]) {
    this.items = items;
  }

  /** {@link canonicalKey} of each element. */
  index(): ReadonlySet<string> {
    this.keys ??= new Set(this.items.map(canonicalKey));
    return this.keys;
  }

  contains(value: Value): boolean {
    const isWalked = this.items.length <= WALK_MAX || value instanceof Sealed || this.hidesSome();
    if (!isWalked) return this.index().has(canonicalKey(value));
    for (const item of this.items) if (equal(item, value)) return true;
    return false;
  }

  /** A sealed element has no key that the value it hides has too. */
  private hidesSome(): boolean {
    this.hides ??= this.items.some((item) => item instanceof Sealed);
    return this.hides;
  }

  containsAll(other: CedarSet): boolean {
    for (const item of other.items) if (!this.contains(item)) return false;
    return true;
  }

  containsAny(other: CedarSet): boolean {
    for (const item of other.items) if (this.contains(item)) return true;
    return false;
  }
}

/** Cedar's `==`: total, and false across types. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object") return typeof b === "object" && isHidden(a, b);
  if (typeof b !== "object") return isHidden(a, b);
  if (a instanceof EntityUid) return b instanceof EntityUid && a.id === b.id && a.type === b.type;
  if (a instanceof CedarSet) return b instanceof CedarSet && a.containsAll(b) && b.containsAll(a);
  if (a instanceof CedarRecord) return b instanceof CedarRecord && equalRecords(a, b);
  return isHidden(a, b) || ("canonical" in b && a.canonical === b.canonical);
}

function isHidden(a: Value, b: Value): boolean {
  return (a instanceof Sealed && a.hides(b)) || (b instanceof Sealed && b.hides(a));
}

function equalRecords(a: CedarRecord, b: CedarRecord): boolean {
  const members = a.entries();
  return (
    members.length === b.entries().length &&
    members.every(([name, value]) => {
      const other = b.get(name);
      return other !== undefined && equal(value, other);
    })
  );
}

/**
 * One text for one value, never the same for two.
 * INVARIANT: canonicalKey(a) === canonicalKey(b) exactly where equal(a, b).
 */
export function canonicalKey(value: Value): string {
  if (typeof value === "object") return objectKey(value);
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "boolean" ? String(value) : `i${value}`;
}

function objectKey(value: Exclude<Value, Primitive>): string {
  if (value instanceof EntityUid) return `e${JSON.stringify(value.type)}${JSON.stringify(value.id)}`;
  if (value instanceof CedarSet) return `[${[...value.index()].toSorted().join(",")}]`;
  if (value instanceof CedarRecord) {
    const members = value.entries().map(([name, field]) => `${JSON.stringify(name)}:${canonicalKey(field)}`);
    return `{${members.toSorted().join(",")}}`;
  }
  return value.canonical;
}
