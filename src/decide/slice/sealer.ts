// SPDX-License-Identifier: Apache-2.0
// Texts under one key. Many are the same from call to call, so what was sealed last is remembered; long ones are not.
import type { SealKey, Seals } from "../../core/index.ts";

/** Texts that are remembered, and the longest of them. UNIT: UTF-16 units */
const KNOWN_MAX = 4096;
const KNOWN_LENGTH_MAX = 128;

export class Sealer {
  readonly key: SealKey;
  private known = new Map<string, string>();

  constructor(key: SealKey) {
    this.key = key;
  }

  /** A text as the JSON of what hides it. */
  text(plain: string): string {
    const known = this.known.get(plain);
    if (known !== undefined) return known;
    const sealed = `{"length":${plain.length},"sealed":"${this.key.seal(plain)}"}`;
    if (plain.length > KNOWN_LENGTH_MAX) return sealed;
    if (this.known.size >= KNOWN_MAX) this.known = new Map();
    this.known.set(plain, sealed);
    return sealed;
  }
}

/** Keys that nobody has: what they seal equals nothing, so that a replay can say nothing of it. */
export const NO_SEALS: Seals = {
  current: () => ({ id: "none", seal: () => "A".repeat(22) }),
  salt: () => "",
};
