// SPDX-License-Identifier: Apache-2.0
// Signs that no gate sees: what is odd about the way people come in, and that observing ended by itself. Each is an entry
// first, and a finding once that is durable, so that a restart finds the same.
import { type Clock, type EntrySource, jsonObject, type Recorder } from "../core/index.ts";
import type { People } from "../identify/index.ts";
import type { Watch } from "../watch/index.ts";

/** UNIT: ms. The same sign about the same person is written once in it: whoever holds an old link could write for ever. */
export const AGAIN_MS = 60_000;
/** Signs whose last time is remembered. */
const TOLD_MAX = 1000;

export interface SignPorts {
  readonly people: Pick<People, "watch">;
  readonly record: Pick<Recorder, "note"> & Pick<EntrySource, "live">;
  readonly watch: Pick<Watch, "notice">;
  readonly clock: Clock;
}

/** @returns ends it */
export function noticeSigns({ people, record, watch, clock }: SignPorts): () => void {
  const told = new Map<string, number>();
  const stopSigns = people.watch(({ code, person }) => {
    const key = `${code} ${person ?? ""}`;
    const now = clock.monotonic();
    if (now - (told.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return;
    if (told.size >= TOLD_MAX) told.clear();
    told.set(key, now);
    const who = person === undefined ? {} : { person };
    const subject = person === undefined ? {} : { subject: { type: "Identity", id: person } };
    const data = jsonObject(Object.entries({ code, ...who }));
    record.note({ type: "event", name: "signin.noticed", ...subject, data });
  });
  const stopLive = record.live(({ entry }) => watch.notice(entry));
  return () => {
    stopSigns();
    stopLive();
  };
}
