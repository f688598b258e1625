// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { type EntryDraft, jsonObject, parseIdentityId } from "../core/index.ts";
import { fakeClock } from "../core/testing/system.ts";
import type { People } from "../identify/index.ts";
import { AGAIN_MS, noticeSigns, type SignPorts } from "./signs.ts";

const ANNA = parseIdentityId(`spiffe://test/human/${"A".repeat(22)}`);
type Sign = Parameters<Parameters<People["watch"]>[0]>[0];

function open() {
  const clock = fakeClock();
  const noted: EntryDraft[] = [];
  const seen: unknown[] = [];
  const signs = new Set<(sign: Sign) => void>();
  const live = new Set<Parameters<SignPorts["record"]["live"]>[0]>();
  const stop = noticeSigns({
    clock,
    people: {
      watch(told) {
        signs.add(told);
        return () => void signs.delete(told);
      },
    },
    record: {
      note: (draft) => void noted.push(draft),
      live(callback) {
        live.add(callback);
        return () => void live.delete(callback);
      },
    },
    watch: { notice: (entry) => void seen.push(entry) },
  });
  const give = (code: Sign["code"], person?: Sign["person"]): void => {
    for (const tell of signs) tell({ code, at: clock.now(), ...(person === undefined ? {} : { person }) });
  };
  return { clock, noted, seen, live, signs, stop, give };
}

test("I50, I52: what is odd about the way somebody comes in is an entry, and the same at once is not written twice", () => {
  const { clock, noted, give } = open();
  give("session-copied", ANNA);
  give("session-copied", ANNA);
  give("setup-link-again");
  expect(noted).toEqual([
    {
      type: "event",
      name: "signin.noticed",
      subject: { type: "Identity", id: ANNA },
      data: { code: "session-copied", person: ANNA },
    },
    { type: "event", name: "signin.noticed", data: { code: "setup-link-again" } },
  ]);
  clock.advance(AGAIN_MS);
  give("session-copied", ANNA);
  expect(noted).toHaveLength(3);
});

test("W16: what is durable is looked at, until it ends", () => {
  const { live, signs, seen, stop } = open();
  const entry = jsonObject([["name", "signin.noticed"]]);
  for (const tell of live) tell({ entry } as unknown as Parameters<typeof tell>[0]);
  expect(seen).toEqual([entry]);
  stop();
  expect([live.size, signs.size]).toEqual([0, 0]);
});
