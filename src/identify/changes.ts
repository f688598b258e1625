// SPDX-License-Identifier: Apache-2.0
// A change of rows and the entry that tells of it belong together: both are stored in one transaction, the entry is
// made durable after it, and what a crash left over is written at the next start (store S13, S14).
import { z } from "zod";
import type {
  AdminDraft,
  AnyDb,
  Clock,
  EventDraft,
  IdentityId,
  JsonObject,
  Random,
  Recorder,
  Store,
} from "../core/index.ts";
import { ADMIN_NAMES, EVENT_NAMES, isJsonObject, parseEntryId, parseIdentityId, parseJson } from "../core/index.ts";
import { IdentifyError } from "./errors.ts";
import { tables } from "./schema.ts";

export type ChangeDraft = AdminDraft | EventDraft;

/** Writes the rows of one change. */
export type Rows = (db: ReturnType<typeof tables>) => Promise<void>;

export interface ChangePorts {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly random: Random;
}

/** One change after the other, so that what was checked still holds when it is written. */
export class Changes {
  private readonly ports: ChangePorts;
  /** The end of the queue: every piece of work starts when the one before it has ended, well or not. */
  private tail: Promise<unknown> = Promise.resolve();
  /** Whether rows were written whose entries are not durable yet, or memory was not read yet. */
  private behind = true;
  private readonly mirrors: (() => Promise<void>)[] = [];

  constructor(ports: ChangePorts) {
    this.ports = ports;
  }

  /** @param load reads memory from the rows: before the first change, and again after entries were late */
  mirror(load: () => Promise<void>): void {
    this.mirrors.push(load);
  }

  /** Runs `work` alone, with memory and record level with the rows. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(async () => {
      if (this.behind) await this.catchUp();
      return work();
    });
    this.tail = turn.catch(() => undefined); // the caller gets the fault; the queue goes on
    return turn;
  }

  /**
   * Writes rows and entries, inside `run`. Resolves when both are durable, so what loosens may take effect.
   * @param drafts - one, or several in the order in which they are told
   * @throws StoreError, RecordError: the change is not in effect; if its rows were written it becomes so with its entry
   */
  async commit(name: string, drafts: ChangeDraft | readonly ChangeDraft[], rows: Rows): Promise<void> {
    const { store, clock, random } = this.ports;
    const now = clock.now();
    const list: readonly ChangeDraft[] = "type" in drafts ? [drafts] : drafts;
    await store.tx(name, async (db) => {
      const own = tables(db);
      await rows(own);
      // the place in the list stands in `at`, which is nothing but their order
      const waiting = list.map((draft, i) => ({ id: random.id(), at: now + i, draft: JSON.stringify(draft) }));
      await own.insertInto("id_outbox").values(waiting).execute();
    });
    this.behind = true;
    await this.relay();
    this.behind = false;
  }

  private async catchUp(): Promise<void> {
    await this.relay();
    for (const load of this.mirrors) await load();
    this.behind = false;
  }

  private async relay(): Promise<void> {
    const { store, recorder } = this.ports;
    const waiting = await tables(store.read).selectFrom("id_outbox").selectAll().orderBy("at").orderBy("id").execute();
    for (const { id, draft } of waiting) {
      await recorder.append(readDraft(draft), { id: parseEntryId(id) });
      await store.tx("identify.relayed", (db: AnyDb) =>
        tables(db).deleteFrom("id_outbox").where("id", "=", id).execute(),
      );
    }
  }
}

const data = z.unknown().transform((value): JsonObject => {
  const json = parseJson(JSON.stringify(value));
  return isJsonObject(json) ? json : {};
});
const identity = z.string().transform((text): IdentityId => parseIdentityId(text));
const draftShape = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("admin"),
    name: z.enum(ADMIN_NAMES),
    by: z.union([z.literal("system"), identity]),
    because: z.string(),
    data,
  }),
  z.object({
    type: z.literal("event"),
    name: z.enum(EVENT_NAMES),
    subject: z.object({ type: z.string(), id: z.string() }).exactOptional(),
    by: identity.exactOptional(),
    data,
  }),
]);

function readDraft(text: string): ChangeDraft {
  try {
    return draftShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new IdentifyError("IDENTIFY_ROW_MALFORMED", "reading an entry that waits in id_outbox", { cause });
  }
}
