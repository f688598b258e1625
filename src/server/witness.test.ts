// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { EntryDraft } from "../core/index.ts";
import { fakeClock } from "../core/testing/system.ts";
import type { RecordRoom, RecordStatus } from "../record/index.ts";
import type { Fork, Witness, WitnessTrouble } from "../record/witness/index.ts";
import { noticeWitness } from "./witness.ts";

interface Heard {
  readonly notes: EntryDraft[];
  readonly said: { trouble?: (trouble: WitnessTrouble) => void; fork?: (fork: Fork) => void };
  lag(ms: number): void;
  readonly stop: () => void;
}

function listen(): Heard & { readonly clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock();
  const notes: EntryDraft[] = [];
  const said: Heard["said"] = {};
  let lagMs = 0;
  const status = (): RecordStatus =>
    ({ origin: "gate.example/log/1", witnesses: { state: "missed", lagMs } }) as RecordStatus;
  const client = { watch: (told: (trouble: WitnessTrouble) => void) => ((said.trouble = told), () => undefined) };
  const witness = {
    client,
    watchForks: (told: (fork: Fork) => void) => ((said.fork = told), () => undefined),
  } as unknown as Pick<Witness, "client" | "watchForks">;
  const record = { note: (draft: EntryDraft) => void notes.push(draft), status } as Pick<RecordRoom, "note" | "status">;
  return { clock, notes, said, lag: (ms) => void (lagMs = ms), stop: noticeWitness(witness, record, clock.timers) };
}

const codesOf = (notes: readonly EntryDraft[]): readonly unknown[] =>
  notes.map((draft) => (draft.type === "event" ? draft.data["code"] : draft.type));

test("L29: a quorum that is missed for ten seconds is written down once, and once more after it was met between", () => {
  const world = listen();
  const looks = (ms: number, times: number): void => {
    world.lag(ms);
    for (let i = 0; i < times; i++) world.clock.advance(1000);
  };
  looks(9_999, 3);
  expect(world.notes).toEqual([]);
  looks(10_000, 5);
  expect(codesOf(world.notes)).toEqual(["witness-lag"]);
  looks(0, 2);
  looks(12_000, 2);
  expect(codesOf(world.notes)).toEqual(["witness-lag", "witness-lag"]);
  world.stop();
  looks(0, 2);
  looks(20_000, 2);
  expect(world.notes).toHaveLength(2);
});

test("L28, L31: a witness that refuses and a log that lies are entries about the log that is meant", () => {
  const world = listen();
  world.said.trouble?.({ witness: "north-1", result: "refused", detail: "404: it does not know this log" });
  world.said.fork?.({ id: "aa11", origin: "south.example/log/1", size: 3 } as Fork);
  expect(codesOf(world.notes)).toEqual(["witness-refused", "log-fork"]);
  const logs = world.notes.map((draft) => (draft.type === "event" ? draft.data["log"] : draft.type));
  expect(logs).toEqual(["gate.example/log/1", "south.example/log/1"]);
});
