// SPDX-License-Identifier: Apache-2.0
// Keys that ask to be let in and wait for a person: each for minutes, only so many at once, only so many a minute from one
// peer. In memory: what nobody confirmed before a restart is asked for again.
import { hash } from "node:crypto";
import type { Clock, Instant, Random } from "../../core/index.ts";
import { instant } from "../../core/index.ts";
import type { CallerKey } from "../keys.ts";

/** What the program that holds the key says of itself; none of it is proven. */
export interface PairingSays {
  /** Name of the machine. */
  readonly host: string;
  /** Name of the account there. */
  readonly user: string;
  /** What it is: the blueprint that policies name. */
  readonly blueprint: string;
  /** The server that it wants to reach. */
  readonly server: string;
}

export interface Pairing extends PairingSays {
  /** In the address that a person opens; a name, not a secret. */
  readonly ref: string;
  readonly key: CallerKey;
  /** What a person compares: the key's fingerprint in short groups. */
  readonly fingerprint: string;
  /** True where the request did not come from this machine. */
  readonly remote: boolean;
  readonly asked: Instant;
  readonly expires: Instant;
  readonly state: "pending" | "confirmed" | "refused";
}

/** UNIT: ms. */
export const PAIRING_LIFE_MS: number = 10 * 60_000;
/** Pairings that wait at once; one more is refused. */
export const PAIRINGS_MAX = 32;
/** New pairings from one peer within a minute. */
export const PER_MINUTE_MAX = 6;
const MINUTE_MS = 60_000;
/** UNIT: bytes. 80 bits: found by nobody who was not told. */
const REF_BYTES = 10;

export class Pairings {
  private readonly clock: Clock;
  private readonly random: Random;
  /** By thumbprint of the key: one key waits once. */
  private readonly waiting = new Map<string, Pairing>();
  private readonly lately = new Map<string, number[]>();

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.random = random;
  }

  /** The pairing of this key; a new one where there is none. `full` where no more may wait. */
  ask(key: CallerKey, says: PairingSays, from: { readonly peer: string; readonly remote: boolean }): Pairing | "full" {
    this.tidy();
    const known = this.waiting.get(key.jkt);
    if (known !== undefined) return known;
    if (this.waiting.size >= PAIRINGS_MAX || !this.mayAsk(from.peer)) return "full";
    const asked = this.clock.now();
    const pairing: Pairing = {
      ...says,
      ref: Buffer.from(this.random.bytes(REF_BYTES)).toString("base64url"),
      key,
      fingerprint: fingerprintOf(key.jkt),
      remote: from.remote,
      asked,
      expires: instant(asked + PAIRING_LIFE_MS),
      state: "pending",
    };
    this.waiting.set(key.jkt, pairing);
    return pairing;
  }

  get(ref: string): Pairing | undefined {
    return this.list().find((pairing) => pairing.ref === ref);
  }

  /** Oldest first; what was decided stays until its time is over. */
  list(): readonly Pairing[] {
    this.tidy();
    return [...this.waiting.values()];
  }

  /** @returns false where it does not wait any more: one of two people was first */
  decide(ref: string, state: "confirmed" | "refused"): boolean {
    const pairing = this.get(ref);
    if (pairing?.state !== "pending") return false;
    this.waiting.set(pairing.key.jkt, { ...pairing, state });
    return true;
  }

  /** Waits again, because what a confirmation began could not be done. */
  reopen(ref: string): void {
    const pairing = this.get(ref);
    if (pairing !== undefined) this.waiting.set(pairing.key.jkt, { ...pairing, state: "pending" });
  }

  private mayAsk(peer: string): boolean {
    const now = this.clock.now();
    for (const [name, times] of this.lately) {
      const recent = times.filter((at) => at > now - MINUTE_MS);
      if (recent.length === 0) this.lately.delete(name);
      else this.lately.set(name, recent);
    }
    const times = this.lately.get(peer) ?? [];
    // what asked lately is itself bounded: nobody gets more into it than may wait in a minute
    if (times.length >= PER_MINUTE_MAX || this.lately.size > PAIRINGS_MAX * PER_MINUTE_MAX) return false;
    this.lately.set(peer, [...times, now]);
    return true;
  }

  private tidy(): void {
    const now = this.clock.now();
    for (const [jkt, { expires }] of this.waiting) if (expires <= now) this.waiting.delete(jkt);
  }
}

/** 80 bits of the key's thumbprint as five groups that two people can read to each other. */
export function fingerprintOf(jkt: string): string {
  const digest = hash("sha256", jkt, "hex").slice(0, 20);
  return (digest.match(/.{4}/g) ?? []).join("-");
}
