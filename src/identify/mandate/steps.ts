// SPDX-License-Identifier: Apache-2.0
// Steps: what tokens are bound to. Whatever has a step in its path dies with it, by one row of the feed (identify I32).
import { type Clock, type Instant, instant, type StepId, type Store, type TenantId } from "../../core/index.ts";
import type { Changes } from "../changes.ts";
import type { Feed } from "../feed/feed.ts";
import { type Act, checkAct, no, type Outcome } from "../registry-rules.ts";
import { tables } from "../schema.ts";
import { readStep, type Step, writeStep } from "./mandate-rows.ts";
import { byOf } from "./mandates.ts";

export const STEP_OUTCOMES = ["done", "failed", "cancelled"] as const;
export type StepOutcome = (typeof STEP_OUTCOMES)[number];

export interface StepPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly changes: Changes;
  readonly feed: Feed;
}

/** Steps at once; above it no new one is opened. */
export const STEPS_MAX = 200_000;
/** Any kill of a step counts, whenever it was: ids are never used again. */
const EVER: Instant = instant(0);

export class StepDesk {
  private readonly ports: StepPorts;
  private readonly tenant: TenantId;
  /** In the order of opening, which is nearly the order of their ends. */
  private readonly steps = new Map<StepId, Step>();

  constructor(ports: StepPorts, tenant: TenantId) {
    this.ports = ports;
    this.tenant = tenant;
    ports.changes.mirror(() => this.load());
  }

  /** A step that is open now. */
  get(id: StepId): Step | undefined {
    const step = this.steps.get(id);
    return step !== undefined && step.expires > this.ports.clock.now() && this.isOpen(step.path) ? step : undefined;
  }

  /** Whether no step of a path was closed. */
  isOpen(path: readonly StepId[]): boolean {
    const keys = path.map((id) => ({ kind: "step", id }) as const);
    return this.ports.feed.effect(keys, EVER).effect !== "isolate";
  }

  get isFull(): boolean {
    return this.steps.size >= STEPS_MAX;
  }

  /** Resolves once the step is on disk. A step whose token was never given is worth nothing to anybody. */
  async open(step: Step): Promise<void> {
    await this.ports.store.tx("identify.step", (db) =>
      tables(db).insertInto("id_step").values(writeStep(step, this.tenant)).execute(),
    );
    const now = this.ports.clock.now();
    for (const [id, { expires }] of this.steps) {
      if (expires > now) break;
      this.steps.delete(id);
    }
    this.steps.set(step.id, step);
  }

  /** Ends a step and its whole subtree, from this call on. */
  close(id: StepId, outcome: StepOutcome, act: Act): Promise<Outcome<Step>> {
    const step = this.get(id);
    const refused = checkAct(act) ?? (step === undefined ? no("unknown", "there is no such open step") : undefined);
    if (refused !== undefined || step === undefined) {
      return Promise.resolve(refused ?? no("unknown", "there is no such open step"));
    }
    const { feed, changes } = this.ports;
    const row = { kind: "step", id, effect: "isolate", exp: step.expires, synthetic: false } as const;
    feed.bind([{ ...row, why: `step ${outcome}` }]);
    const draft = {
      type: "event",
      name: "step.closed",
      subject: { type: "Step", id },
      ...byOf(act),
      data: { mandate: step.mandate, path: step.path, outcome, because: act.because },
    } as const;
    return changes.run(async () => {
      await changes.commit("identify.step", draft, async (db) => {
        await db.updateTable("id_step").set({ outcome }).where("id", "=", id).execute();
        await feed.write(db);
      });
      feed.stored();
      return { done: step };
    });
  }

  private async load(): Promise<void> {
    const rows = await tables(this.ports.store.read)
      .selectFrom("id_step")
      .selectAll()
      .where("tenant", "=", this.tenant)
      .where("outcome", "is", null)
      .where("expires", ">", this.ports.clock.now())
      .orderBy("expires")
      .execute();
    // memory may be ahead of what was read: a step is put there as soon as its row is written
    for (const step of rows.map(readStep)) if (!this.steps.has(step.id)) this.steps.set(step.id, step);
  }
}
