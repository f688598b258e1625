// SPDX-License-Identifier: Apache-2.0
// A text of a recorded question that is only there as a keyed digest (D45). It equals whatever has the same digest under the
// same key; anything else that could be asked of a text cannot be answered, and says so instead of saying no.
import type { SealKey } from "../../core/index.ts";
import { Fault, TYPE } from "./fault.ts";
import { IpAddress } from "./ip.ts";

/** What an expression yields that would have to read a sealed text. */
export const SEALED: Fault = new Fault("sealed");

export class Sealed {
  readonly mac: string;
  /** UNIT: UTF-16 units of what it hides. */
  readonly length: number;
  private readonly key: SealKey;

  constructor(mac: string, length: number, key: SealKey) {
    this.mac = mac;
    this.length = length;
    this.key = key;
  }

  /** One text for one hidden value. */
  get canonical(): string {
    return `sealed ${this.mac}`;
  }

  /** Whether it hides this value. Addresses are sealed by their canonical text, which no string of a schema's can be. */
  hides(value: unknown): boolean {
    if (value instanceof Sealed) return value.mac === this.mac;
    if (typeof value === "string") return value.length === this.length && this.key.seal(value) === this.mac;
    return value instanceof IpAddress && this.key.seal(value.canonical) === this.mac;
  }
}

/** Why none of these is the text that was wanted: it is hidden, or it is no text at all. */
export function notReadable(...values: readonly unknown[]): Fault {
  return values.some((value) => value instanceof Sealed) ? SEALED : TYPE;
}
