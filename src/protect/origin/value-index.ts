// SPDX-License-Identifier: Apache-2.0
// Where values were seen, by keyed digests of their forms: the index holds no value, and who has it without the key of its
// task learns none (protect P27, ADR 22).
import type { KeyObject } from "node:crypto";
import { formatOrigin, type Occurrence, type OriginRef, type Trust, trustRank } from "../../core/index.ts";
import { keyedDigest } from "../keyed-digest.ts";

/** Values that one task remembers. */
export const INDEX_MAX_VALUES = 50_000;
/** What gives way when there are more; what a person or the operator said never does. */
const EVICTED_FIRST: readonly Trust[] = ["web", "unknown", "peer", "tool"];

interface Row {
  readonly id: string;
  readonly keys: readonly string[];
  readonly occurrence: Occurrence;
}

/** What else a value is found by, and where it was seen: asked for only of what is new. */
export interface Sighting {
  readonly strict: readonly string[];
  readonly loose: readonly string[];
  readonly occurrence: Occurrence;
}

type Kind = "strict" | "loose";

export class ValueIndex {
  /** Strict and loose forms are apart: what looks alike is no equal. */
  private readonly keys: Readonly<Record<Kind, (form: string) => string>>;
  private readonly cap: number;
  /** Rows of one tier in the order they came. */
  private readonly tiers = new Map<Trust, Map<string, Row>>();
  private readonly byKey = new Map<string, Row | Row[]>();
  private origin: { readonly of: OriginRef; readonly text: string } | undefined;
  private count = 0;
  private evicted = false;

  constructor(key: KeyObject, cap: number = INDEX_MAX_VALUES) {
    this.keys = { strict: keyedDigest(key, "strict forms"), loose: keyedDigest(key, "loose forms") };
    this.cap = cap;
  }

  get size(): number {
    return this.count;
  }

  /** Something was forgotten: a value that is not found may have been there. */
  get partial(): boolean {
    return this.evicted;
  }

  /** Keeps the first occurrence of a value from one origin; what is said again is known by its first form. */
  add(form: string, { origin, tier }: Pick<Occurrence, "origin" | "tier">, sighting: () => Sighting): void {
    const first = this.keys.strict(form);
    const id = `${first} ${this.textOf(origin)}`;
    const rows = this.tiers.get(tier) ?? new Map<string, Row>();
    if (rows.has(id)) return;
    this.tiers.set(tier, rows);
    const { strict, loose, occurrence } = sighting();
    const keys = [first];
    for (const other of strict) keys.push(this.keys.strict(other));
    for (const other of loose) keys.push(this.keys.loose(other));
    const row = { id, keys, occurrence };
    rows.set(id, row);
    for (const key of keys) this.file(key, row);
    this.count += 1;
    if (this.count > this.cap) this.evict();
  }

  /** The best occurrence that shares one of these strict forms. */
  strict(forms: readonly string[]): Occurrence | undefined {
    return this.best("strict", forms);
  }

  /** The best occurrence that resembles one of these loose forms. */
  loose(forms: readonly string[]): Occurrence | undefined {
    return this.best("loose", forms);
  }

  /** Highest tier; of equals, the first that was seen. */
  private best(kind: Kind, forms: readonly string[]): Occurrence | undefined {
    let found: Occurrence | undefined;
    for (const form of forms) {
      for (const { occurrence } of listed(this.byKey.get(this.keys[kind](form)))) {
        if (found === undefined || trustRank(occurrence.tier) > trustRank(found.tier)) found = occurrence;
      }
    }
    return found;
  }

  private file(key: string, row: Row): void {
    const rows = this.byKey.get(key);
    if (rows === undefined) this.byKey.set(key, row);
    else if (Array.isArray(rows)) rows.push(row);
    else this.byKey.set(key, [rows, row]);
  }

  private evict(): void {
    for (const trust of EVICTED_FIRST) {
      const [oldest] = this.tiers.get(trust)?.values() ?? [];
      if (oldest === undefined) continue;
      this.forget(trust, oldest);
      return;
    }
  }

  private forget(trust: Trust, row: Row): void {
    this.tiers.get(trust)?.delete(row.id);
    for (const key of row.keys) {
      const left = listed(this.byKey.get(key)).filter((other) => other !== row);
      if (left.length === 0) this.byKey.delete(key);
      else this.byKey.set(key, left);
    }
    this.count -= 1;
    this.evicted = true;
  }

  /** One origin comes with many values in a row. */
  private textOf(origin: OriginRef): string {
    if (this.origin?.of !== origin) this.origin = { of: origin, text: formatOrigin(origin) };
    return this.origin.text;
  }
}

function listed(rows: Row | Row[] | undefined): Row[] {
  if (rows === undefined) return [];
  return Array.isArray(rows) ? rows : [rows];
}
