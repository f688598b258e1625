// SPDX-License-Identifier: Apache-2.0
import { createHmac, hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { type IdentityId, parseIdentityId, parseTaskId, type TaskOwner } from "../../core/index.ts";
import { fakeCustody } from "../testing/custody.ts";
import { intentDraft } from "../testing/drafts.ts";
import { openTestRecord, turns } from "../testing/rooms.ts";
import { type DomainRow, openDomain } from "./domains.ts";

const TASKS = ["01890000-0000-7000-8000-0000000000a1", "01890000-0000-7000-8000-0000000000a2"].map(parseTaskId);
const [ADA, BOB] = ["A", "B"].map((letter) => parseIdentityId(`spiffe://gate.example/human/${letter.repeat(22)}`));

function ownedBy(person: IdentityId | undefined, task = TASKS[0]): TaskOwner {
  const mandate = { task: task ?? parseTaskId("") };
  return person === undefined ? { mandate } : { mandate, person };
}

test("L6: a commitment is equal in one task and field only, and is the HMAC that is specified", async () => {
  const keys: DomainRow[] = [];
  const { room } = await openTestRecord({ keys });
  const content = Buffer.from('{"path":"/etc/passwd"}');
  const one = room.commit(ownedBy(ADA), "args", content);
  expect(room.commit(ownedBy(ADA), "args", content)).toBe(one);
  for (const [owner, field, other] of [
    [ownedBy(ADA, TASKS[1]), "args", content],
    [ownedBy(BOB), "args", content],
    [ownedBy(ADA), "result", content],
    [ownedBy(ADA), "args", Buffer.from("{}")],
  ] as const) {
    expect(room.commit(owner, field, other)).not.toBe(one);
  }
  const [row] = keys;
  const key = row === undefined ? undefined : openDomain(row, fakeCustody().derive("record/domains")).key;
  const salt = Buffer.from(hkdfSync("sha256", key ?? "", "", `${TASKS[0] ?? ""}\nargs`, 32));
  const mac = createHmac("sha256", salt).update("bailiwick/c1\nargs\n").update(content).digest("base64url");
  expect(one).toBe(`c1:${mac}`);
  expect(() => room.commit(ownedBy(ADA), "ar\ngs", content)).toThrow("a line feed in its field");
});

test("L7: one key for each person, one a day where nobody began the task; after a restart they are the same", async () => {
  const keys: DomainRow[] = [];
  const { room } = await openTestRecord({ keys });
  const owners = [ownedBy(ADA), ownedBy(ADA, TASKS[1]), ownedBy(BOB), ownedBy(undefined), ownedBy(undefined, TASKS[1])];
  const [ada, again, bob, day, sameDay] = owners.map((owner) => room.domain(owner));
  expect([again, sameDay]).toEqual([ada, day]);
  expect(new Set([ada, bob, day]).size).toBe(3);
  expect(keys.map(({ owner }) => owner)).toEqual([ADA, BOB, "2023-06-28"]);
  expect(JSON.stringify(keys)).not.toMatch(/"key"/);
  await room.close();
  const restarted = await openTestRecord({ keys });
  expect(owners.map((owner) => restarted.room.domain(owner))).toEqual([ada, again, bob, day, sameDay]);
  expect(restarted.room.commit(ownedBy(ADA), "args", Buffer.of(1))).toBe(
    room.commit(ownedBy(ADA), "args", Buffer.of(1)),
  );
});

test("L7: no entry is written before the key that its commitments are under is stored", async () => {
  const shelf = heldShelf();
  const { room } = await openTestRecord({ shelf });
  const draft = { ...intentDraft(), domain: room.domain(ownedBy(ADA)) };
  const size = room.size();
  const appended = room.append(draft);
  await turns();
  expect(room.size()).toBe(size);
  shelf.let("stored");
  await appended;
  expect(room.size()).toBe(size + 1);
  const other = { ...intentDraft(), domain: room.domain(ownedBy(BOB)) };
  const refused = room.append(other);
  shelf.let("failed");
  await expect(refused).rejects.toMatchObject({ code: "RECORD_BUSY" });
  await expect(room.append(other)).rejects.toMatchObject({ code: "RECORD_BUSY" });
  // the next task of that person gets another key, and that one may be stored
  const next = room.append({ ...intentDraft(), domain: room.domain(ownedBy(BOB)) });
  shelf.let("stored");
  await next;
});

/** A shelf that does not say what became of a key until it is told to. */
function heldShelf(): { add: () => Promise<void>; let: (end: "stored" | "failed") => void } {
  let waiting = Promise.withResolvers<void>();
  return {
    add: () => waiting.promise,
    let(end) {
      const ended = waiting;
      waiting = Promise.withResolvers<void>();
      if (end === "stored") ended.resolve();
      else ended.reject(new Error("the disk is gone"));
    },
  };
}
