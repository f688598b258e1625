// SPDX-License-Identifier: Apache-2.0
// The machine: the one place with a real clock, real timers, real chance and a real log.
import { randomBytes } from "node:crypto";
import { type Clock, instant, type Log, type Random, type Timers } from "../core/index.ts";

export const systemClock: Clock = {
  now: () => instant(Date.now()),
  monotonic: () => performance.now(),
};

export const systemTimers: Timers = {
  after(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  every(ms, work) {
    const timer = setInterval(work, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  id: () => uuidV7(Date.now(), nextRandom()),
};

/** UNIT: bytes of an id that are random. */
const ID_RANDOM = 10;
/** Ids whose chance is fetched at once: asking for it costs more than it is long. */
const IDS_AHEAD = 256;
let ahead: Buffer = Buffer.alloc(0);

/** The next bytes that were used for no id yet. */
function nextRandom(): Uint8Array {
  if (ahead.length === 0) ahead = randomBytes(ID_RANDOM * IDS_AHEAD);
  const next = ahead.subarray(0, ID_RANDOM);
  ahead = ahead.subarray(ID_RANDOM);
  return next;
}

/** RFC 9562 section 5.7: 48 bits of milliseconds, version, variant, 74 random bits. */
function uuidV7(ms: number, random: Uint8Array): string {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(ms, 0, 6);
  bytes.set(random, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Faults as one JSON object a line, to where the caller says. */
export function lineLog(write: (line: string) => void): Log {
  return {
    fault(code, fields) {
      write(`${JSON.stringify({ at: new Date().toISOString(), code, ...fields })}\n`);
    },
  };
}
