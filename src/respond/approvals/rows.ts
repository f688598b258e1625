// SPDX-License-Identifier: Apache-2.0
// Tickets as rows, parsed on the way in: a row is data from a disk.
import { z } from "zod";
import {
  type ApproverRule,
  type BoundAssertion,
  CHALLENGE_KINDS,
  type Challenge,
  DESK_STATES,
  type DeskItem,
  instant,
  isJsonObject,
  parseApprovalId,
  parseCommitment,
  parseDigest,
  parseIdentityId,
  parseInstanceId,
  parseJson,
  parseMandateId,
  parseReference,
  parseStepId,
  ROLES,
  SCOPE_KINDS,
  type Store,
  writeJson,
} from "../../core/index.ts";
import { RespondError } from "../errors.ts";
import { type RespondTables, tables } from "../schema.ts";
import type { SignedYes } from "./assertion.ts";
import type { TicketParts } from "./ticket.ts";

type Row = RespondTables["respond_approval"];

const text = z.string();
const identity = text.transform(parseIdentityId);
const digest = text.transform(parseDigest);

const approvers: z.ZodType<ApproverRule> = z.object({ group: text, count: z.int(), notRequester: z.boolean() });

const challenge: z.ZodType<Challenge> = z.object({
  policy: text,
  profile: text,
  kind: z.enum(CHALLENGE_KINDS),
  approvers: approvers.exactOptional(),
  ttlMs: z.number().exactOptional(),
  uses: z.int(),
  binds: z.array(text),
});

const itemShape: z.ZodType<Omit<DeskItem, "binds">> = z.object({
  challenge,
  policyDigest: digest,
  call: z.object({
    interaction: digest,
    principal: identity,
    instance: text.transform(parseInstanceId),
    action: text,
    resource: z.object({ type: text, id: text }),
    argsDigest: text.transform(parseCommitment),
    mandate: text.transform(parseMandateId).exactOptional(),
    step: text.transform(parseStepId).exactOptional(),
  }),
  onBehalfOf: identity.exactOptional(),
  sponsor: identity.exactOptional(),
  actors: z.array(identity),
  scopes: z.array(z.object({ kind: z.enum(SCOPE_KINDS), id: text })),
  reference: text.transform(parseReference),
  asks: z.array(z.object({ path: text, role: z.enum(ROLES), source: text })),
  display: text.exactOptional(),
});

const assertion: z.ZodType<BoundAssertion> = z.object({
  purpose: text,
  digest,
  answer: text,
  nonce: text,
  exp: z.number().transform(instant),
  person: identity,
  credential: text,
  signature: text,
  acr: z.enum(["phr", "phrh", "demo"]),
  clientDataJSON: text.exactOptional(),
  authenticatorData: text.exactOptional(),
});

/** Signatures as they stand in rows and in entries. */
export const boundShape: z.ZodType<readonly SignedYes[]> = z.array(z.object({ assertion, key: text }));

const rowShape = z.object({
  id: text.transform(parseApprovalId),
  state: z.enum(DESK_STATES),
  nonce: text,
  opened: z.number().transform(instant),
  expires: z.number().transform(instant),
  since: z.int(),
});

/** @throws RespondError RESPOND_ROW_MALFORMED */
export function readRow(row: Row): TicketParts {
  try {
    const binds = parseJson(row.binds);
    if (!isJsonObject(binds)) throw new Error("binds is no object");
    const item: DeskItem = { ...itemShape.parse(JSON.parse(row.item)), binds };
    const bound = boundShape.parse(JSON.parse(row.bound));
    return { ...rowShape.parse(row), item, bound, ...(row.why === null ? {} : { why: row.why }) };
  } catch (cause) {
    throw new RespondError("RESPOND_ROW_MALFORMED", "reading a row of respond_approval", { cause });
  }
}

function writeRow(parts: TicketParts): Row {
  const { binds, ...item } = parts.item;
  return {
    id: parts.id,
    state: parts.state,
    item: JSON.stringify(item),
    binds: writeJson(binds),
    nonce: parts.nonce,
    opened: parts.opened,
    expires: parts.expires,
    since: parts.since,
    bound: JSON.stringify(parts.bound),
    why: parts.why ?? null,
  };
}

/** The rows of the desk. */
export class Rows {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Questions that are not over, and those that ended while nobody looked. @throws StoreError, RespondError */
  async load(now: number): Promise<readonly TicketParts[]> {
    const rows = await tables(this.store.read)
      .selectFrom("respond_approval")
      .selectAll()
      .where((row) => row.or([row("state", "=", "pending"), row("expires", ">", now)]))
      .orderBy("opened")
      .execute();
    return rows.map(readRow);
  }

  /** Durable when it resolves. @throws StoreError */
  add(parts: TicketParts): Promise<void> {
    return this.store.tx("respond.opened", async (db) => {
      await tables(db).insertInto("respond_approval").values(writeRow(parts)).execute();
    });
  }

  /** Durable when it resolves. @throws StoreError */
  save(parts: TicketParts): Promise<void> {
    const { id, state, item, bound, why } = writeRow(parts);
    return this.store.tx("respond.changed", async (db) => {
      await tables(db).updateTable("respond_approval").set({ state, item, bound, why }).where("id", "=", id).execute();
    });
  }
}
