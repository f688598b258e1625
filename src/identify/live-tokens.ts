// SPDX-License-Identifier: Apache-2.0
// The tokens that are good now, and when each instance proved itself last: what a person looks at to see who is here, and
// what is taken away one by one. In memory: tokens live for minutes, and after a start the list says that it is not whole.
import type { Clock, InstanceId, Instant } from "../core/index.ts";
import { isSingleUse, type StepToken } from "./access-token.ts";
import type { Changes } from "./changes.ts";
import type { Feed } from "./feed/feed.ts";
import { byOf } from "./mandate/mandates.ts";
import type { Registry } from "./registry.ts";
import { type Act, checkAct, no, type Outcome } from "./registry-rules.ts";
import type { SingleUse } from "./single-use.ts";
import type { StepIssuer } from "./step-issuer.ts";

/** Tokens that are remembered; above it the list is not whole. */
export const LIVE_MAX = 100_000;
/** Instances whose last proof is remembered. */
const PROVED_MAX = 200_000;
/** UNIT: ms. No token lives longer (`identify.readTtlMs`). */
const LONGEST_LIFE_MS = 300_000;

export interface LiveCredentials {
  /** Newest last. `complete` is false where there may be more. */
  list(): { readonly tokens: readonly StepToken[]; readonly complete: boolean };
  /** When this instance proved who it is last, since the start. */
  lastProof(instance: InstanceId): Instant | undefined;
  /** Takes one token away, from this call on. A rejected promise means: dead, but not on disk yet. */
  revoke(jti: string, act: Act): Promise<Outcome<StepToken>>;
}

export interface LivePorts {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly issuer: StepIssuer;
  readonly singleUse: SingleUse;
  readonly feed: Feed;
  readonly changes: Changes;
}

export class LiveTokens implements LiveCredentials {
  private readonly ports: LivePorts;
  private readonly started: number;
  /** By `jti`, in the order of issue; changed by `note` alone. */
  private readonly tokens = new Map<string, StepToken>();
  private readonly proofs = new Map<InstanceId, Instant>();
  private lostAt = Number.NEGATIVE_INFINITY;

  constructor(ports: LivePorts) {
    this.ports = ports;
    this.started = ports.clock.now();
  }

  /** A token was given. */
  note(token: StepToken): void {
    const now = this.ports.clock.now();
    for (const [jti, { issued, expires }] of this.tokens) {
      if (expires <= now) this.tokens.delete(jti);
      else if (issued + LONGEST_LIFE_MS > now) break;
    }
    if (this.tokens.size < LIVE_MAX) this.tokens.set(token.jti, token);
    else this.lostAt = now;
  }

  /** A call was proven. */
  proved(instance: InstanceId, at: Instant): void {
    if (this.proofs.size < PROVED_MAX || this.proofs.has(instance)) this.proofs.set(instance, at);
  }

  list(): { tokens: readonly StepToken[]; complete: boolean } {
    const now = this.ports.clock.now();
    const tokens = [...this.tokens.values()].filter((token) => token.expires > now && this.isGood(token));
    return { tokens, complete: now > Math.max(this.started, this.lostAt) + LONGEST_LIFE_MS };
  }

  lastProof(instance: InstanceId): Instant | undefined {
    return this.proofs.get(instance);
  }

  revoke(jti: string, act: Act): Promise<Outcome<StepToken>> {
    const token = this.tokens.get(jti);
    const refused = checkAct(act) ?? (token === undefined ? no("unknown", "no such token is good now") : undefined);
    if (refused !== undefined || token === undefined) {
      return Promise.resolve(refused ?? no("unknown", "no such token is good now"));
    }
    const { feed, changes } = this.ports;
    const row = { kind: "jti", id: jti, effect: "isolate", exp: token.expires, synthetic: false } as const;
    feed.bind([{ ...row, why: "revoked by a person" }]);
    const { instance, mandate, path } = token;
    const draft = {
      type: "event",
      name: "credential.revoked",
      subject: { type: "Instance", id: instance },
      ...byOf(act),
      data: { jti, mandate, path, because: act.because },
    } as const;
    return changes.run(async () => {
      await changes.commit("identify.revoke", draft, feed.write);
      feed.stored();
      return { done: token };
    });
  }

  private isGood(token: StepToken): boolean {
    const identity = this.ports.registry.get(token.identity);
    if (identity?.status !== "active" || this.ports.registry.instance(token.instance)?.status !== "active")
      return false;
    if (this.ports.feed.effect([{ kind: "jti", id: token.jti }], token.issued).effect === "isolate") return false;
    if (isSingleUse(token.grant) && !this.ports.singleUse.isUnused(token.jti)) return false;
    return this.ports.issuer.isLive(token, identity);
  }
}
