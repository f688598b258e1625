// SPDX-License-Identifier: Apache-2.0
// After the story: `p` plays the payment again under the rules that are in force now, `s` shows what a partner would be told,
// `q` ends the demo.
import path from "node:path";
import { listenForKeys } from "./keys.ts";
import { type Play, server } from "./play.ts";

/** @param quit - ends the demo @returns gives the terminal back */
export function offerKeys(played: Play, quit: () => void): () => void {
  const { io } = played;
  let stop: (() => void) | undefined;
  let isOver = false;
  const listen = (): void => {
    if (!isOver) stop = listenForKeys(process.stdin, press);
  };
  const during = (work: Promise<void>): void => {
    // a question of the payment has keys of its own: one listener at a time
    stop?.();
    stop = undefined;
    work.catch((cause: unknown) => io.err(`${cause instanceof Error ? cause.message : "it failed"}\n`)).finally(listen);
  };
  function press(key: string): void {
    if (key === "p") during(payAgain(played));
    if (key === "s") during(tellPartner(played));
    if (key === "q") quit();
  }
  listen();
  return () => {
    isOver = true;
    stop?.();
  };
}

async function tellPartner({ running, say }: Play): Promise<void> {
  const { partnerLines } = await import("./tail.ts");
  say((await partnerLines(running)).join("\n"));
}

/** The agent was stopped at the end of the story: two people let it act again first. */
async function payAgain({ running, world, say, io }: Play): Promise<void> {
  const [{ connectAgent }, { payOnce }, { stepLines }, { systemClock, systemTimers }, { personFor }, { undoLast }] =
    await Promise.all([
      import("./agent.ts"),
      import("./story.ts"),
      import("./show.ts"),
      import("../system.ts"),
      import("./person.ts"),
      import("./undo.ts"),
    ]);
  await undoLast(running, say);
  const key = { ...world.agent, issuer: running.publicUrl };
  await using agent = await connectAgent(server(running, "files").resource, key);
  const asked = new AbortController();
  const signal = AbortSignal.any([asked.signal, io.signal]);
  const habits = { answers: "keys", say, signal } as const;
  const person = (): ReturnType<typeof personFor> => personFor(running.queue, systemTimers, habits);
  const step = await payOnce({
    agent,
    entries: running.entries,
    files: world.files,
    person,
    clock: systemClock,
    timers: systemTimers,
    signal,
  });
  asked.abort();
  say(stepLines("p", step, { color: io.color, bundle: path.join("policies", running.bundle.name) }));
}
