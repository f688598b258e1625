// SPDX-License-Identifier: Apache-2.0
// A kept folder remembers that its agent was stopped. Before the story is told again, the demo's two people end that as any two
// people would: one releases it, the other lets it act again under `read-only`, and the first ends that too.
import type { IdentityId } from "../../core/index.ts";
import type { Order, Released } from "../../respond/index.ts";
import type { Running } from "../compose.ts";
import { ServerError } from "../errors.ts";
import { systemTimers } from "../system.ts";

/** UNIT: ms. What was issued up to an order stays dead, and tokens tell their time in whole seconds (RFC 7519 section 2). */
const TOKEN_SECOND_MS = 1000;
const BECAUSE = "the demo is told again";

/** Ends what the last story ordered, where the folder had one. */
export async function undoLast(running: Pick<Running, "queue" | "owner">, say: (text: string) => void): Promise<void> {
  const { containments, demoKey } = running.queue;
  const active = (): readonly Order[] => containments.list({ active: true });
  if (active().length === 0 || demoKey === undefined || running.owner === undefined) return;
  const before = active();
  for (const order of before) await releaseAs(running, order, [running.owner, demoKey.person]);
  for (const { id, scope, effect } of before) {
    if (scope.kind !== "identity" || effect !== "isolate") continue;
    const resumed = await containments.resume(id, { by: running.owner, because: BECAUSE });
    if ("refused" in resumed) throw failed(resumed.why);
  }
  for (const order of active()) await releaseAs(running, order, [demoKey.person]);
  await new Promise<void>((resolve) => void systemTimers.after(TOKEN_SECOND_MS, resolve));
  say(`undone   what stopped the agent in this folder before: released by two people, one of them a demo key\n`);
}

async function releaseAs(
  { queue: { containments, demoKey } }: Pick<Running, "queue">,
  order: Order,
  people: readonly IdentityId[],
): Promise<void> {
  let done: Released | undefined;
  for (const by of people) {
    const terms = by === demoKey?.person ? containments.terms(order.id) : undefined;
    const signed = terms === undefined || demoKey === undefined ? {} : { assertion: demoKey.approve(terms) };
    done = await containments.release(order.id, { by, because: BECAUSE, ...signed });
    if ("refused" in done) throw failed(done.why);
    if (done.waits.length === 0) return;
  }
  throw failed("more people are needed");
}

function failed(why: string): ServerError {
  return new ServerError("SERVER_DEMO_FAILED", `undoing what the last story ordered: ${why}`);
}
