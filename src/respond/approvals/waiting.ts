// SPDX-License-Identifier: Apache-2.0
// Calls that are held until people have decided (enforce E29).
import type { DeskState, Timers } from "../../core/index.ts";
import type { Ticket } from "./ticket.ts";

export class Waiting {
  private readonly timers: Timers;
  private readonly held = new Map<Ticket, Set<() => void>>();

  constructor(timers: Timers) {
    this.timers = timers;
  }

  /** Resolves with the state once it is final, and with the state as it is after `ms` or when `signal` aborts. */
  wait(ticket: Ticket, ms: number, signal: AbortSignal): Promise<DeskState> {
    if (ticket.state !== "pending" || signal.aborted) return Promise.resolve(ticket.state);
    return new Promise((resolve) => {
      const held = this.held.get(ticket) ?? new Set();
      this.held.set(ticket, held);
      const release = (): void => {
        stopTimer();
        signal.removeEventListener("abort", release);
        held.delete(release);
        if (held.size === 0) this.held.delete(ticket);
        resolve(ticket.state);
      };
      const stopTimer = this.timers.after(ms, release);
      signal.addEventListener("abort", release);
      held.add(release);
    });
  }

  /** Lets go whoever waits for this ticket. */
  release(ticket: Ticket): void {
    for (const release of this.held.get(ticket) ?? []) release();
  }

  releaseAll(): void {
    for (const ticket of this.held.keys()) this.release(ticket);
  }
}
