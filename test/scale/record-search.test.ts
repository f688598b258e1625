// SPDX-License-Identifier: Apache-2.0
// The rows by which entries are found, on both engines: the same entries give the same rows and the same answers.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fakeClock, fakeLog } from "../../src/core/testing/system.ts";
import { openSearch, type SearchRoom } from "../../src/record/index.ts";
import { tables } from "../../src/record/search/schema.ts";
import { attemptDraft, intentDraft, outcomeDraft, wholeDraft } from "../../src/record/testing/drafts.ts";
import { ORIGIN, openTestRecord } from "../../src/record/testing/rooms.ts";
import { SCHEMAS } from "../../src/server/store.ts";
import { inlineStore } from "../../src/store/testing/inline.ts";
import { openTestPostgres, testDatabase } from "../../src/store/testing/postgres.ts";
import type { OpenedStore } from "../../src/store/transactions.ts";
import { onPostgres } from "../support/postgres.ts";

async function rowsOf(store: OpenedStore): Promise<unknown> {
  const db = tables(store.read);
  return {
    index: await db.selectFrom("record_index").selectAll().orderBy("idx").execute(),
    terms: await db.selectFrom("record_term").selectAll().orderBy("idx").orderBy("term").execute(),
    cursor: await db.selectFrom("record_cursor").selectAll().execute(),
  };
}

onPostgres("searching the record on both engines", (server) => {
  describe("searching the record on both engines", () => {
    it("L38: equal rows, equal answers, and equal rows again after they were taken away", async () => {
      const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-search-"));
      try {
        await using database = await testDatabase(server);
        await using postgres = await openTestPostgres(dir, database.url, SCHEMAS);
        await using sqlite = await inlineStore(path.join(dir, "sqlite"), SCHEMAS);
        const { room } = await openTestRecord();
        for (let seq = 1; seq <= 120; seq++) {
          const { ref } = await room.append(intentDraft(seq));
          await Promise.all([
            room.append(outcomeDraft(ref)),
            room.append(wholeDraft(seq)),
            room.append(attemptDraft(seq)),
          ]);
        }
        const open = (store: OpenedStore): Promise<SearchRoom> =>
          openSearch({ store, entries: room, timers: fakeClock().timers, log: fakeLog() }, ORIGIN);
        const [one, other] = [await open(sqlite), await open(postgres)];
        // nothing but the clock fills rows in the background, and here it stands still
        await Promise.all([one.rebuild(), other.rebuild()]);
        const asks = [
          { terms: {} },
          { terms: { answer: ["deny"], identity: ["clerk"] } },
          { terms: { verb: ["execute", "view"], answer: ["allow"] }, cursor: 300 },
          { terms: {}, word: "files" },
          { terms: {}, word: "17" },
        ];
        for (const ask of asks) {
          const asked = { tenant: "main", limit: 50, ...ask };
          const found = await other.search(asked);
          expect(found).toEqual(await one.search(asked));
          expect(found.hits.length).toBeGreaterThan(0);
        }
        const before = await rowsOf(postgres);
        expect(before).toEqual(await rowsOf(sqlite));
        await other.rebuild();
        expect(await rowsOf(postgres)).toEqual(before);
        await Promise.all([one.close(), other.close()]);
      } finally {
        await rm(dir, { recursive: true });
      }
    });
  });
});
