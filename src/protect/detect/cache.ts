// SPDX-License-Identifier: Apache-2.0
// A bounded memory of what was computed before.

/** Keeps the most recently used values up to a number. */
export class Cache<T> {
  /** In order of use, the longest unused first. */
  private readonly rows = new Map<string, T>();
  private readonly cap: number;

  constructor(cap: number) {
    this.cap = cap;
  }

  get(key: string): T | undefined {
    return this.rows.get(key);
  }

  set(key: string, value: T): void {
    this.rows.delete(key);
    this.rows.set(key, value);
    if (this.rows.size <= this.cap) return;
    const [oldest] = this.rows.keys();
    if (oldest !== undefined) this.rows.delete(oldest);
  }
}
