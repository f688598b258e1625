// SPDX-License-Identifier: Apache-2.0
// The person of the demo: agrees with a key in software, refuses, or says nothing, which is a no.
import type { Timers } from "../../core/index.ts";
import type { ApprovalQueue } from "../approvals.ts";
import { listenForKeys } from "./keys.ts";

export type DemoAnswer = "approved" | "refused" | "expired";

/** UNIT: ms. How often the queue is looked at. */
const LOOK_MS = 50;
/** UNIT: ms. Longest wait for a question to come and to be decided. */
const PATIENCE_MS = 60_000;

/** How the demo's person answers: at once with yes, by a key of the terminal, or not at all. */
export interface PersonHabits {
  readonly answers: "yes" | "keys" | "nothing";
  readonly say: (text: string) => void;
  /** Nobody will answer any more, and no question will come. */
  readonly signal: AbortSignal;
}

/** Waits for the next question and deals with it; resolves once it is decided. */
export async function personFor(queue: ApprovalQueue, timers: Timers, habits: PersonHabits): Promise<DemoAnswer> {
  const asked = await nextQuestion(queue, timers, habits.signal);
  if (asked === undefined) return "expired";
  const { approvals } = queue;
  const stopKeys = habits.answers === "keys" ? offerKeys(queue, asked, habits.say) : undefined;
  if (habits.answers === "yes") await approve(queue, asked);
  const state = await approvals.wait(asked.id, PATIENCE_MS, habits.signal);
  stopKeys?.();
  if (state === "approved") return "approved";
  return state === "denied" ? "refused" : "expired";
}

async function approve({ approvals, demoKey }: ApprovalQueue, asked: Question): Promise<void> {
  if (demoKey !== undefined) await approvals.approve(asked.id, demoKey.approve(asked));
}

function offerKeys(queue: ApprovalQueue, asked: Question, say: (text: string) => void): () => void {
  say(
    `     asks       ${asked.item.call.action} ${asked.item.call.resource.id}: a approve · r refuse · 20 s of nothing is a no`,
  );
  return listenForKeys(process.stdin, (key) => {
    if (key === "a") void approve(queue, asked);
    if (key === "r" && queue.demoKey !== undefined)
      queue.approvals.refuse(asked.id, queue.demoKey.person, "refused by key");
  });
}

type Question = ReturnType<ApprovalQueue["approvals"]["list"]>[number];

function nextQuestion(
  { approvals }: ApprovalQueue,
  timers: Timers,
  signal: AbortSignal,
): Promise<Question | undefined> {
  return new Promise((resolve) => {
    const finish = (question: Question | undefined): void => {
      stopLooking();
      stopWaiting();
      resolve(question);
    };
    const stopLooking = timers.every(LOOK_MS, () => {
      const [question] = approvals.list({ pending: true });
      if (question !== undefined) finish(question);
    });
    const stopWaiting = timers.after(PATIENCE_MS, () => finish(undefined));
    signal.addEventListener("abort", () => finish(undefined), { once: true });
    if (signal.aborted) finish(undefined);
  });
}
