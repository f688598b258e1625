// SPDX-License-Identifier: Apache-2.0
// What this server asked authenticators to sign: 32 random bytes each, good once and for five minutes (identify I51). Kept in
// memory: a question of before a restart is asked anew.
import { type Clock, type Random } from "../../core/index.ts";

/** UNIT: ms. */
export const CHALLENGE_LIFE_MS: number = 5 * 60_000;
/** Asked and not answered; one more forgets the oldest. */
export const CHALLENGES_MAX = 1000;

const CHALLENGE_BYTES = 32;

/** @typeParam T - what is known of a question until it is answered */
export class Challenges<T> {
  private readonly ports: { readonly clock: Clock; readonly random: Random };
  /** By challenge, oldest first. */
  private readonly open = new Map<string, { readonly about: T; readonly ends: number }>();

  constructor(ports: { readonly clock: Clock; readonly random: Random }) {
    this.ports = ports;
  }

  /** @returns base64url */
  ask(about: T): string {
    const { clock, random } = this.ports;
    const challenge = Buffer.from(random.bytes(CHALLENGE_BYTES)).toString("base64url");
    this.open.set(challenge, { about, ends: clock.monotonic() + CHALLENGE_LIFE_MS });
    const [oldest] = this.open.keys();
    if (this.open.size > CHALLENGES_MAX && oldest !== undefined) this.open.delete(oldest);
    return challenge;
  }

  /** What was known of it; from now on nothing is. */
  take(challenge: string): T | undefined {
    const asked = this.open.get(challenge);
    this.open.delete(challenge);
    return asked !== undefined && asked.ends > this.ports.clock.monotonic() ? asked.about : undefined;
  }
}
