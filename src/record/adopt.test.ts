// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { adoptLog } from "./adopt.ts";
import { eventDraft } from "./testing/drafts.ts";
import { entriesOf, memoryFs, openTestRecord } from "./testing/rooms.ts";

const GUARD = "file:/guard/head";
const asked = { dir: "/data", name: "main-1", next: "main-2", guard: GUARD };

test("L25: after a restore the old name is closed for ever, and the next log says what is missing", async () => {
  const fs = memoryFs();
  await fs.makeDir("/guard");
  const settings = { guard: GUARD };
  const before = await openTestRecord({ fs, settings });
  await before.room.append(eventDraft());
  await before.room.append(eventDraft());
  await before.room.close();
  // what is left is a journal of one entry: that of another life of the same log
  await fs.remove("/data/main-1/journal");
  await fs.remove("/data/main-1/tile");
  await fs.remove("/data/main-1/checkpoint");
  await expect(openTestRecord({ fs, settings })).rejects.toMatchObject({ code: "RECORD_ROLLBACK" });
  const adopted = await adoptLog({ ...asked, fs });
  expect(adopted).toMatchObject({ origin: "gate.example/log/main-1", successor: "main-2", size: 3, kept: 0 });
  await expect(openTestRecord({ fs, settings })).rejects.toMatchObject({
    code: "RECORD_CONFIG",
    fix: "set record.name: main-2",
  });
  const next = await openTestRecord({
    fs,
    settings: { guard: "none", name: "main-2" },
    place: { origin: "gate.example/log/main-2" },
  });
  const [first] = await entriesOf(next);
  expect(first?.entry).toMatchObject({
    name: "log.opened",
    because: "the log before it cannot go on",
    data: { before: { log: "gate.example/log/main-1", size: 3, root: adopted.root, kept: 0, missing: 3 } },
  });
});

test("L25: a name that is taken, wrong, or the log's own is refused, and a log that never was is not closed", async () => {
  const { room, fs } = await openTestRecord();
  await room.close();
  const plain = { ...asked, guard: "none", fs };
  await expect(adoptLog({ ...plain, next: "main-1" })).rejects.toMatchObject({ code: "RECORD_CONFIG" });
  await expect(adoptLog({ ...plain, next: "../main" })).rejects.toMatchObject({ code: "RECORD_CONFIG" });
  await expect(adoptLog({ ...plain, name: "other" })).rejects.toThrow("no log `other` was begun here");
  await fs.makeDir("/data/main-2/journal");
  await expect(adoptLog(plain)).rejects.toThrow("`main-2` is there already");
  const again = await openTestRecord({ fs });
  expect(again.room.size()).toBe(1);
});
