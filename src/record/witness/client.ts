// SPDX-License-Identifier: Apache-2.0
// Asks the witnesses of this log to cosign a checkpoint (C2SP tlog-witness v1.0.0, record L28): all at once, each for a
// while, until the policy's quorum is met. What comes back is believed only where a key of the policy signed it.
import { hash } from "node:crypto";
import type { Clock, Log, Outbound, Timers } from "../../core/index.ts";
import type { Cosigned, Cosigner, Growth, Head, WitnessedHead } from "../index.ts";
import {
  cosigners,
  meetsQuorum,
  type Policy,
  parseCheckpoint,
  parseNote,
  parseVkey,
  signersOf,
  VerifyError,
} from "../verify/index.ts";
import { type Asking, ask, NOTE_MAX_BYTES, readText, type Said } from "./ask.ts";
import type { AskedWitness, WitnessPolicy } from "./trust.ts";

/** UNIT: ms. How long the others may still take once the quorum is met: their signatures are worth a little waiting. */
const GRACE_MS = 100;
/** UNIT: seconds. Clocks of witnesses may be so far off (record L28). */
const CLOCKS_DIFFER_S = 300n;

export interface WitnessClientPorts {
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** What one witness did when it was asked last. */
export interface WitnessState {
  readonly name: string;
  readonly url: string;
  /** `never`: not asked yet. */
  readonly last: Said["result"] | "never";
  readonly detail: string;
  /** UNIT: ms. When, by the wall clock. */
  readonly at: number | undefined;
  /** The largest size that it cosigned for us, as far as is known. */
  readonly size: number | undefined;
}

/** A witness says no for a reason that does not pass by itself. */
export interface WitnessTrouble {
  readonly witness: string;
  readonly result: "refused" | "ahead";
  readonly detail: string;
}

/** Mutable state is changed by answers of witnesses alone; checkpoints come one at a time. */
export class WitnessClient implements Cosigner {
  readonly lines: string;
  private readonly ports: WitnessClientPorts;
  private readonly policy: Policy;
  private readonly timeoutMs: number;
  private readonly states: Map<AskedWitness, WitnessState>;
  private readonly listeners = new Set<(trouble: WitnessTrouble) => void>();

  constructor(ports: WitnessClientPorts, trust: WitnessPolicy, timeoutMs: number) {
    this.ports = ports;
    this.policy = trust.policy;
    this.lines = trust.lines;
    this.timeoutMs = timeoutMs;
    this.states = new Map(
      trust.witnesses.map((one) => [
        one,
        { name: one.name, url: one.url.href, last: "never", detail: "not asked yet", at: undefined, size: undefined },
      ]),
    );
  }

  get status(): readonly WitnessState[] {
    return [...this.states.values()];
  }

  /** Called when a witness refuses for a reason that a person must look at. @returns ends it */
  watch(listener: (trouble: WitnessTrouble) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async cosign(head: Head, growth: Growth): Promise<Cosigned> {
    const signed = new Signed(head.note, this.policy);
    const over = new AbortController();
    const stop = this.ports.timers.after(this.timeoutMs, () => over.abort());
    const enough = Promise.withResolvers<void>();
    let stopGrace: (() => void) | undefined;
    const asked = [...this.states].map(async ([witness, state]) => {
      const asking: Asking = { head, growth, signal: over.signal, timeoutMs: this.timeoutMs };
      const said = await ask(this.ports.outbound, witness, state.size, asking);
      const lines = said.result === "cosigned" ? this.believed(head, said.lines) : [];
      const isBelieved = said.result !== "cosigned" || lines.length > 0;
      this.note(witness, isBelieved ? said : { result: "refused", detail: "no key of the policy signed its answer" });
      // what comes after the checkpoint went on its way is too late for it
      if (!over.signal.aborted) for (const line of lines) signed.add(line);
      if (signed.isMet) stopGrace ??= this.ports.timers.after(GRACE_MS, () => enough.resolve());
    });
    await Promise.race([Promise.all(asked), enough.promise]);
    stop();
    stopGrace?.();
    over.abort();
    return { note: signed.text, isMet: signed.isMet };
  }

  async heads(vkeys: readonly string[]): Promise<readonly WitnessedHead[]> {
    const keys = vkeys.map((vkey) => parseVkey(vkey));
    const origin = keys[0]?.name ?? "";
    const path = `${hash("sha256", origin)}/checkpoint`;
    const found = await Promise.all(
      [...this.states.keys()].map(async (witness): Promise<WitnessedHead | undefined> => {
        const text = await this.kept(witness, path);
        if (text === undefined) return undefined;
        try {
          const { size, root, note, origin: name } = parseCheckpoint(text, "a witness's checkpoint");
          // only what our own key signed says anything of us: a witness could claim whatever it liked
          if (name !== origin || signersOf(note, keys).length === 0) return undefined;
          return { witness: witness.name, size: Number(size), root: Buffer.from(root).toString("latin1") };
        } catch (cause) {
          if (cause instanceof VerifyError) return undefined;
          throw cause;
        }
      }),
    );
    return found.filter((head) => head !== undefined);
  }

  /** What a witness keeps of this log, where it can be asked. */
  private async kept(witness: AskedWitness, path: string): Promise<string | undefined> {
    const over = new AbortController();
    const stop = this.ports.timers.after(this.timeoutMs, () => over.abort());
    try {
      const url = new URL(`${witness.url.href.replace(/\/$/, "")}/${path}`);
      const limits = { signal: over.signal, headMs: this.timeoutMs, redirects: 0, isPrivate: true };
      const { status, body } = await this.ports.outbound.request({ method: "GET", url, headers: {}, ...limits });
      const text = await readText(body);
      return status === 200 ? text : undefined;
    } catch {
      return undefined; // a witness that is away says nothing of an older copy, and status says that it is away
    } finally {
      stop();
    }
  }

  /** Lines of keys of the policy, over this very note, from about now. */
  private believed(head: Head, lines: string): readonly string[] {
    const nowS = BigInt(Math.floor(this.ports.clock.now() / 1000));
    try {
      const times = cosigners(parseCheckpoint(`${head.note}${lines}`), this.policy);
      const good = new Set(
        [...times].flatMap(([name, time]) => {
          const key = this.policy.witnesses.get(name);
          const off = time > nowS ? time - nowS : nowS - time;
          return key === undefined || off > CLOCKS_DIFFER_S ? [] : [`${key.name} ${key.id}`];
        }),
      );
      const signatures = parseNote(`${head.note}${lines}`).signatures;
      return signatures
        .filter(({ name, id }) => good.has(`${name} ${id}`))
        .map(({ name, id, signature }) => {
          const bytes = Buffer.concat([Buffer.from(id, "hex"), signature]);
          return `— ${name} ${bytes.toString("base64")}\n`;
        });
    } catch (cause) {
      if (cause instanceof VerifyError) return [];
      throw cause;
    }
  }

  private note(witness: AskedWitness, said: Said): void {
    const { name } = witness;
    const before = this.states.get(witness);
    const size = said.size ?? before?.size;
    const state = { last: said.result, detail: said.detail, at: this.ports.clock.now(), size };
    this.states.set(witness, { name, url: witness.url.href, ...state });
    if (said.result !== "refused" && said.result !== "ahead") return;
    if (before?.last === said.result && before.detail === said.detail) return; // said once
    this.ports.log.fault("record.witness_refused", { witness: name, why: said.detail });
    for (const listener of this.listeners) listener({ witness: name, result: said.result, detail: said.detail });
  }
}

/** A note that gathers cosignatures. */
class Signed {
  text: string;
  private readonly policy: Policy;

  constructor(note: string, policy: Policy) {
    this.text = note;
    this.policy = policy;
  }

  get isMet(): boolean {
    return meetsQuorum(this.policy, new Set(cosigners(parseCheckpoint(this.text), this.policy).keys()));
  }

  add(line: string): void {
    if (Buffer.byteLength(this.text) + Buffer.byteLength(line) <= NOTE_MAX_BYTES) this.text += line;
  }
}
