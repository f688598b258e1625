// SPDX-License-Identifier: Apache-2.0
// Incidents as rows, parsed on the way in: a row is data from a disk.
import { z } from "zod";
import {
  INCIDENT_TIMES,
  type IncidentFacts,
  instant,
  parseEntryId,
  parseFindingId,
  parseIdentityId,
  parseIncidentId,
  parseOrderId,
  SEVERITIES,
  type Store,
} from "../../core/index.ts";
import { RespondError } from "../errors.ts";
import { tables } from "../schema.ts";

const text = z.string();
const identity = text.transform(parseIdentityId);
const told = z.object({
  at: z.number().transform(instant),
  by: z.union([z.literal("system"), identity]),
  source: z.array(text.transform(parseEntryId)),
});
const shape = z.object({
  id: text.transform(parseIncidentId),
  number: z.int(),
  v: z.int(),
  state: z.enum(["open", "closed"]),
  exercise: z.boolean(),
  title: text,
  times: z.partialRecord(z.enum(INCIDENT_TIMES), told),
  severity: z.enum(SEVERITIES),
  identities: z.array(identity),
  sponsors: z.array(identity),
  categories: z.array(text),
  jurisdictions: z.array(text),
  destinations: z.array(z.object({ operator: text, jurisdiction: text })),
  records: z.object({ n: z.number().nullable(), quality: z.enum(["exact", "estimate", "at-least", "unknown"]) }),
  malicious: z.enum(["yes", "no", "unknown"]),
  ongoing: z.boolean().nullable(),
  actions: z.array(text.transform(parseOrderId)),
  findings: z.array(text.transform(parseFindingId)),
});

export class IncidentRows {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Oldest first. @throws StoreError, RespondError RESPOND_ROW_MALFORMED */
  async load(): Promise<readonly IncidentFacts[]> {
    const rows = await tables(this.store.read)
      .selectFrom("respond_incident")
      .select("facts")
      .orderBy("number")
      .execute();
    return rows.map(({ facts }) => read(facts));
  }

  /** Durable when it resolves. @throws StoreError */
  async save(facts: IncidentFacts): Promise<void> {
    const row = { v: facts.v, state: facts.state, facts: JSON.stringify(facts) };
    await this.store.tx("respond.incident", (db) =>
      tables(db)
        .insertInto("respond_incident")
        .values({ id: facts.id, number: facts.number, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row))
        .execute(),
    );
  }
}

function read(json: string): IncidentFacts {
  try {
    return shape.parse(JSON.parse(json));
  } catch (cause) {
    throw new RespondError("RESPOND_ROW_MALFORMED", "reading a row of respond_incident", { cause });
  }
}
