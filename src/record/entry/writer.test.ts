// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { type Instant, instant, member, parseJson } from "../../core/index.ts";
import { type FakeClock, fakeClock, fakeRandom } from "../../core/testing/system.ts";
import { adminDraft, intentDraft } from "../testing/drafts.ts";
import { EntryWriter } from "./writer.ts";

function writer(clock: FakeClock = fakeClock(), last: Instant = instant(0)): EntryWriter {
  return new EntryWriter({
    clock,
    random: fakeRandom(),
    origin: "gate.example/log/a",
    node: "n",
    tenant: "main",
    last,
  });
}

test("L2: every entry has its header, with a nonce of 16 bytes of its own", () => {
  const one = writer();
  const texts = Array.from({ length: 600 }, () => one.write(adminDraft(), undefined).text);
  expect(parseJson(texts[0] ?? "")).toMatchObject({ v: 1, type: "admin", log: "gate.example/log/a", node: "n" });
  const nonces = new Set(texts.map((text) => /"nonce":"([^"]+)"/.exec(text)?.[1] ?? ""));
  expect(nonces.size).toBe(600);
  for (const nonce of nonces) expect(Buffer.from(nonce, "base64url")).toHaveLength(16);
});

test("L2: an entry whose id was given keeps it", () => {
  const { id } = intentDraft().interaction;
  const written = writer().write(intentDraft(), id);
  expect(written.id).toBe(id);
  expect(member(parseJson(written.text), "id")).toBe(id);
});

test("L2: time never goes back within a log", () => {
  const clock = fakeClock();
  const one = writer(clock);
  const first = one.write(adminDraft(), undefined).at;
  clock.step(-3_600_000);
  expect(one.write(adminDraft(), undefined).at).toBe(first);
  clock.step(3_600_001);
  expect(one.write(adminDraft(), undefined).at).toBe(first + 1);
});

test("L2: time does not go back to before the last entry of an earlier process", () => {
  const clock = fakeClock();
  const last = instant(clock.now() + 5000);
  expect(writer(clock, last).write(adminDraft(), undefined).at).toBe(last);
});

test.each([
  ["back", -501, -501],
  ["forward", 501, 501],
  ["a little", 500, undefined],
])("L2: a clock that was set %s by %d ms is said so once", (_, stepMs, said) => {
  const clock = fakeClock();
  const one = writer(clock);
  clock.advance(10_000);
  expect(one.clockStep()).toBeUndefined();
  clock.step(stepMs);
  expect(one.clockStep()?.data["stepMs"]).toBe(said);
  expect(one.clockStep()).toBeUndefined();
});

test("L2: a clock that went back while the process was away is said so", () => {
  const clock = fakeClock();
  expect(writer(clock, instant(clock.now() + 60_000)).clockStep()).toMatchObject({
    name: "clock.stepped",
    data: { stepMs: -60_000 },
  });
});
