// SPDX-License-Identifier: Apache-2.0
// Where values were seen, by MACs of their forms: the index holds no value, and who has it without the key of its task
// learns none (protect P27).
import { createHmac, type KeyObject } from "node:crypto";
import { formatOrigin, type Occurrence, type Trust, trustRank } from "../../core/index.ts";

/** Values that one task remembers. */
export const INDEX_MAX_VALUES = 50_000;
/** What gives way when there are more; what a person or the operator said never does. */
const EVICTED_FIRST: readonly Trust[] = ["web", "unknown", "peer", "tool"];

interface Row {
  readonly id: string;
  readonly keys: readonly string[];
  readonly occurrence: Occurrence;
}

export interface Forms {
  readonly strict: readonly string[];
  readonly loose: readonly string[];
}

export class ValueIndex {
  private readonly key: KeyObject;
  private readonly cap: number;
  /** Rows of one tier in the order they came. */
  private readonly tiers = new Map<Trust, Map<string, Row>>();
  private readonly byKey = new Map<string, Row[]>();
  private count = 0;
  private evicted = false;

  constructor(key: KeyObject, cap: number = INDEX_MAX_VALUES) {
    this.key = key;
    this.cap = cap;
  }

  get size(): number {
    return this.count;
  }

  /** Something was forgotten: a value that is not found may have been there. */
  get partial(): boolean {
    return this.evicted;
  }

  /** Keeps the first occurrence of a value from one origin. */
  add(forms: Forms, occurrence: Occurrence): void {
    const [form, ...others] = forms.strict;
    if (form === undefined) return;
    const first = this.mac("s", form);
    const id = `${first} ${formatOrigin(occurrence.origin)}`;
    const tier = this.tiers.get(occurrence.tier) ?? new Map<string, Row>();
    this.tiers.set(occurrence.tier, tier);
    // what is said again is known by its first form
    if (tier.has(id)) return;
    const keys = [first, ...others.map((f) => this.mac("s", f)), ...forms.loose.map((f) => this.mac("l", f))];
    const row = { id, keys, occurrence };
    tier.set(id, row);
    for (const key of keys) {
      const rows = this.byKey.get(key);
      if (rows === undefined) this.byKey.set(key, [row]);
      else rows.push(row);
    }
    this.count += 1;
    if (this.count > this.cap) this.evict();
  }

  /** The best occurrence that shares one of these strict forms. */
  strict(forms: readonly string[]): Occurrence | undefined {
    return best(forms.flatMap((form) => this.byKey.get(this.mac("s", form)) ?? []));
  }

  /** The best occurrence that resembles one of these loose forms. */
  loose(forms: readonly string[]): Occurrence | undefined {
    return best(forms.flatMap((form) => this.byKey.get(this.mac("l", form)) ?? []));
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
      const left = (this.byKey.get(key) ?? []).filter((other) => other !== row);
      if (left.length === 0) this.byKey.delete(key);
      else this.byKey.set(key, left);
    }
    this.count -= 1;
    this.evicted = true;
  }

  private mac(kind: "s" | "l", form: string): string {
    return createHmac("sha256", this.key).update(`${kind}:${form}`).digest().toString("base64url", 0, 16);
  }
}

/** Highest tier; of equals, the first that was seen. */
function best(rows: readonly Row[]): Occurrence | undefined {
  let found: Occurrence | undefined;
  for (const { occurrence } of rows) {
    if (found === undefined || trustRank(occurrence.tier) > trustRank(found.tier)) found = occurrence;
  }
  return found;
}
