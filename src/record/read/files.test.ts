// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { eventDraft } from "../testing/drafts.ts";
import { folderOf, openTestRecord } from "../testing/rooms.ts";

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");

test("L18: every tile that the published size needs is served, and nothing else is", async () => {
  const { room, fs } = await openTestRecord();
  await Promise.all(Array.from({ length: 299 }, (_, n) => room.append(eventDraft({ n }))));
  expect(await room.checkpoint()).toBe(room.files.checkpoint());
  const { files } = folderOf(fs);
  const tiles = ["0/000", "0/001.p/44", "1/000.p/1", "entries/000", "entries/001.p/44"];
  for (const tile of tiles) expect(hex(await room.files.tile(tile)), tile).toBe(hex(files.get(`tile/${tile}`)));
  expect(hex(await room.files.tile("0/000"))).toHaveLength(2 * 8192);
  await room.append(eventDraft());
  for (const path of [
    "0/001.p/45", // not published yet
    "0/001",
    "1/000",
    "2/000.p/1",
    "0/002.p/1",
    "00/000",
    "64/000.p/1",
    "0/0",
    "0/x000/000",
    "0/000.p/0",
    "0/000.p/256",
    "0/000.p/044",
    "0/001.p/44/",
    "entries/../../checkpoint",
    "../checkpoint",
    "0/%2e%2e/000",
    "",
  ]) {
    expect(await room.files.tile(path), path).toBeUndefined();
  }
});
