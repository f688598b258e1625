// SPDX-License-Identifier: Apache-2.0
// DPoP nonces (RFC 9449 sections 8 and 9) that need no memory: boot id, time, MAC. After a restart every older proof is
// refused, so the memory of used proofs need not survive one (identify I27).
import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import type { Clock, Random } from "../core/index.ts";

/** UNIT: ms. How long a nonce may be used. */
export const NONCE_MAX_AGE_MS = 60_000;
/** UNIT: ms. Everybody who asks within this time is given the same one: it says when a proof was made, not for whom. */
const NEW_EVERY_MS = 1000;

interface Given {
  readonly text: string;
  /** UNIT: ms, monotonic, whole. */
  readonly at: number;
}

const BOOT_BYTES = 8;
const TIME_BYTES = 6;
const MAC_BYTES = 16;
const LENGTH = ((BOOT_BYTES + TIME_BYTES + MAC_BYTES) * 4) / 3;

export class Nonces {
  private readonly key: KeyObject;
  private readonly clock: Clock;
  private readonly boot: Buffer;
  /** The last ones that were given out: what most proofs carry. */
  private newest: Given | undefined;
  private before: Given | undefined;

  constructor(key: KeyObject, ports: { readonly clock: Clock; readonly random: Random }) {
    this.key = key;
    this.clock = ports.clock;
    this.boot = Buffer.from(ports.random.bytes(BOOT_BYTES));
  }

  /** A nonce for the next proof of anybody. */
  fresh(): string {
    const now = Math.floor(this.clock.monotonic());
    const { newest } = this;
    if (newest !== undefined && now >= newest.at && now - newest.at < NEW_EVERY_MS) return newest.text;
    const given = { text: this.make(now), at: now };
    [this.before, this.newest] = [newest, given];
    return given.text;
  }

  private make(now: number): string {
    const body = Buffer.alloc(BOOT_BYTES + TIME_BYTES);
    this.boot.copy(body);
    body.writeUIntBE(now, BOOT_BYTES, TIME_BYTES);
    return Buffer.concat([body, this.mac(body)]).toString("base64url");
  }

  /** Whether this process gave it out within the last {@link NONCE_MAX_AGE_MS}. */
  isFresh(text: string): boolean {
    if (text.length !== LENGTH) return false;
    const given = [this.newest, this.before].find((one) => one?.text === text);
    if (given !== undefined) return this.isYoung(given.at);
    const bytes = Buffer.from(text, "base64url");
    const body = bytes.subarray(0, BOOT_BYTES + TIME_BYTES);
    const mac = bytes.subarray(BOOT_BYTES + TIME_BYTES);
    if (mac.length !== MAC_BYTES || !timingSafeEqual(mac, this.mac(body))) return false;
    return body.subarray(0, BOOT_BYTES).equals(this.boot) && this.isYoung(body.readUIntBE(BOOT_BYTES, TIME_BYTES));
  }

  private isYoung(at: number): boolean {
    const age = this.clock.monotonic() - at;
    return age >= 0 && age <= NONCE_MAX_AGE_MS;
  }

  private mac(body: Buffer): Buffer {
    return createHmac("sha256", this.key).update(body).digest().subarray(0, MAC_BYTES);
  }
}
