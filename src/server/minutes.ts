// SPDX-License-Identifier: Apache-2.0
// How many decisions there were in each minute of the last hour, by answer. Counted from the record as it grows, and read
// back from it at a start, so that a restart forgets nothing.
import { type Answer, type Clock, type EntrySource, type JsonObject, member } from "../core/index.ts";
import { shownAnswer } from "./decision-row.ts";

/** Minutes that are kept. */
export const MINUTES = 60;
/** UNIT: ms. */
const MINUTE_MS = 60_000;
/** UNIT: entries. What is read back at most at a start; with more in the hour the early minutes are "at least". */
const READ_BACK_ENTRIES = 50_000;

export interface MinuteCounts {
  /** UNIT: epoch ms, the start of the minute. */
  readonly at: number;
  readonly counts: Readonly<Record<Answer, number>>;
}

export interface Minutes {
  /** The last hour, oldest first, the running minute last; minutes without a decision are there with zeros. */
  read(): { readonly minutes: readonly MinuteCounts[]; readonly complete: boolean };
  close(): void;
}

export async function openMinutes(entries: EntrySource, clock: Clock): Promise<Minutes> {
  const byMinute = new Map<number, Record<Answer, number>>();
  const count = (entry: JsonObject): void => {
    const answer = shownAnswer(entry);
    const at = member(entry, "at");
    if (answer === undefined || typeof at !== "number") return;
    const minute = Math.floor(at / MINUTE_MS);
    const counts = byMinute.get(minute) ?? none();
    counts[answer] += 1;
    byMinute.set(minute, counts);
    const oldest = Math.floor(clock.now() / MINUTE_MS) - MINUTES;
    for (const key of byMinute.keys()) if (key <= oldest) byMinute.delete(key);
  };
  const end = entries.size();
  const from = Math.max(0, end - READ_BACK_ENTRIES);
  // first the live ones, so that nothing falls between what was read and what comes
  const stop = entries.live(({ ref, entry }) => (ref.index >= end ? count(entry) : undefined));
  const hourAgo = clock.now() - MINUTES * MINUTE_MS;
  let first: number | undefined;
  for await (const { entry } of entries.read({ from, to: end })) {
    const at = member(entry, "at");
    if (typeof at === "number") first ??= at;
    count(entry);
  }
  const complete = from === 0 || (first !== undefined && first <= hourAgo);
  const since = clock.now();
  return {
    read() {
      const now = Math.floor(clock.now() / MINUTE_MS);
      const minutes = Array.from({ length: MINUTES }, (_, i) => now - MINUTES + 1 + i).map((minute) => ({
        at: minute * MINUTE_MS,
        counts: byMinute.get(minute) ?? none(),
      }));
      return { minutes, complete: complete || clock.now() - since > MINUTES * MINUTE_MS };
    },
    close: stop,
  };
}

function none(): Record<Answer, number> {
  return { allow: 0, log: 0, limit: 0, challenge: 0, deny: 0 };
}
