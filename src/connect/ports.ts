// SPDX-License-Identifier: Apache-2.0
// What the sidecar has of the machine; the command line plugs it in.
import type { Timers } from "../core/index.ts";

/** Where what is signed gets its time and its chance from. */
export interface SignPorts {
  /** UNIT: ms. `now` since the epoch, `monotonic` since some start. */
  readonly clock: { now(): number; monotonic(): number };
  readonly random: { bytes(count: number): Uint8Array };
}

export interface ConnectPorts extends SignPorts {
  readonly timers: Pick<Timers, "after">;
  /** One line for the person at the terminal, or for the client's log. */
  readonly tell: (line: string) => void;
}
