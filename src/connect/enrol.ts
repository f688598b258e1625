// SPDX-License-Identifier: Apache-2.0
// Becoming an instance: by a ticket, or because a person confirms this key at the gate. Whoever waits is told where, and goes
// on by itself once it is done; the lease is renewed by the same question (identify I15, I45).
import { ConnectError } from "./errors.ts";
import { type GateHttp, readObject } from "./http.ts";
import type { ConnectPorts } from "./ports.ts";

/** What the gate and the person are told of this program. */
export interface Program {
  readonly host: string;
  readonly user: string;
  readonly blueprint: string;
  readonly server: string;
  /** Good for one instance. */
  readonly ticket?: string | undefined;
}

export interface EnrolPorts extends ConnectPorts {
  readonly http: GateHttp;
}

/** UNIT: ms. How long a call waits for a person before its client is told that it waits. */
export const HOLD_MS = 20_000;
/** UNIT: ms. How often an enrolled instance asks for its lease. */
const RENEW_MS = 12 * 3_600_000;
/** UNIT: ms. Least wait between two questions, whatever the gate says. */
const ASK_MIN_MS = 500;

type Asked = { readonly instance: string } | { readonly waits: string; readonly againMs: number };

export class Enrolment {
  private readonly ports: EnrolPorts;
  private readonly program: Program;
  private readonly locate: () => string;
  private known: { readonly instance: string; readonly at: number } | undefined;
  /** Runs as long as a person is waited for; there is one for all calls. */
  private waiting: Promise<string> | undefined;
  private readonly stopped = new AbortController();
  /** What a person is told now. */
  private told: string | undefined;

  constructor(ports: EnrolPorts, program: Program, locate: () => string) {
    this.ports = ports;
    this.program = program;
    this.locate = locate;
  }

  /** The instance that this key is; waits for a person for a while. @throws ConnectError CONNECT_PAIRING, CONNECT_REFUSED, CONNECT_GATE_* */
  async instance(): Promise<string> {
    const now = this.ports.clock.monotonic();
    if (this.known !== undefined && now - this.known.at < RENEW_MS) return this.known.instance;
    this.waiting ??= this.wait().finally(() => {
      this.waiting = undefined;
      this.told = undefined;
    });
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = this.ports.timers.after(HOLD_MS, () => {
      const slow = new ConnectError("CONNECT_GATE_UNREACHABLE", "the gate takes too long to answer: nothing was done");
      reject(this.told === undefined ? slow : new ConnectError("CONNECT_PAIRING", this.told));
    });
    return Promise.race([this.waiting, late]).finally(cancel);
  }

  /** No question is asked any more. */
  stop(): void {
    this.stopped.abort();
  }

  private async wait(): Promise<string> {
    while (!this.stopped.signal.aborted) {
      const asked = await this.ask();
      if ("instance" in asked) {
        if (this.told !== undefined) this.ports.tell("bailiwick connect: confirmed; going on");
        this.known = { instance: asked.instance, at: this.ports.clock.monotonic() };
        return asked.instance;
      }
      if (this.told !== asked.waits) this.ports.tell(`bailiwick connect: ${asked.waits}`);
      this.told = asked.waits;
      await this.after(asked.againMs);
    }
    throw new ConnectError("CONNECT_PAIRING", "the client left before anybody confirmed");
  }

  private async ask(): Promise<Asked> {
    const url = `${this.locate()}/oauth/enrol`;
    const body = JSON.stringify(this.program);
    const headers = { "content-type": "application/json", accept: "application/json" };
    const response = await this.ports.http.prove({ method: "POST", url, headers, body });
    const answer = await readObject(response);
    const { instance, uri, fingerprint, interval, error_description: why } = answer;
    if (response.status === 200 && typeof instance === "string") return { instance };
    if (response.status === 202 && typeof uri === "string" && typeof fingerprint === "string") {
      const { host, user, server } = this.program;
      const waits = `${server} waits for a person: open ${uri} and confirm ${user} at ${host}, key ${fingerprint}`;
      return { waits, againMs: Math.max(ASK_MIN_MS, (typeof interval === "number" ? interval : 0) * 1000) };
    }
    const reason = typeof why === "string" ? why : `HTTP ${response.status}`;
    throw new ConnectError("CONNECT_REFUSED", `the gate does not enrol this key (${reason}): nothing was done`, {
      fix: "ask the person who answers for this machine; a new key begins anew",
    });
  }

  private after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.ports.timers.after(ms, resolve);
      const end = (): void => {
        cancel();
        resolve();
      };
      this.stopped.signal.addEventListener("abort", end, { once: true });
    });
  }
}
