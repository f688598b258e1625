// SPDX-License-Identifier: Apache-2.0
// What the record says of a decision, and what it says of it after a restart. The entry holds all that a stranger needs to
// check who agreed to exactly what: the binding, each signature and the public key it was made with.
import { z } from "zod";
import {
  type Digest,
  ENTRY_STRING_MAX_BYTES,
  type EntryId,
  type EntrySource,
  type EventDraft,
  type IdentityId,
  type Instant,
  instant,
  type Json,
  type JsonObject,
  jsonObject,
  type OnceScope,
  parseDigest,
  parseEntryId,
  parseIdentityId,
  parseJson,
  writeJson,
} from "../../core/index.ts";
import type { SignedYes } from "./assertion.ts";
import { boundShape } from "./rows.ts";
import type { Ticket } from "./ticket.ts";

/** Under which name uses of approvals are claimed. */
const APPROVAL_SCOPE: OnceScope = "approval";

export type Outcome = "approved" | "denied" | "expired" | "cancelled";

/** The entry of a decision. `by` is the last person who agreed, or who refused. */
export function decidedEntry(ticket: Ticket, outcome: Outcome, by?: IdentityId): EventDraft {
  const members: [string, Json][] = [
    ["approval", ticket.id],
    ["outcome", outcome],
    ["digest", ticket.digest],
    ["binding", ticket.binding],
    ["bound", parseJson(JSON.stringify(ticket.bound))],
  ];
  if (ticket.why !== undefined) members.push(["why", ticket.why]);
  return {
    type: "event",
    name: "approval.decided",
    subject: { type: "Approval", id: ticket.id },
    ...(by === undefined ? {} : { by }),
    data: jsonObject(members),
  };
}

/** Cuts a person's reason to what an entry may hold. */
export function clipWhy(why: string): string {
  const bytes = Buffer.from(why.toWellFormed());
  if (bytes.length <= ENTRY_STRING_MAX_BYTES) return bytes.toString();
  // a character that was cut in two decodes to the replacement character, of three bytes
  return `${bytes.subarray(0, ENTRY_STRING_MAX_BYTES - 6).toString()}…`;
}

/** What the record says of one approval. */
export interface Told {
  readonly outcome: Outcome;
  readonly digest: Digest;
  readonly bound: readonly SignedYes[];
  readonly why?: string;
  readonly at: Instant;
  readonly by?: IdentityId;
}

export interface Recorded {
  /** By approval id. A no stands over a yes, whichever was written first. */
  readonly decided: ReadonlyMap<string, Told>;
  /** By approval id: the entries that used it up. */
  readonly spent: ReadonlyMap<string, ReadonlySet<EntryId>>;
}

const toldShape = z.object({
  type: z.literal("event"),
  name: z.literal("approval.decided"),
  at: z.number().transform(instant),
  by: z.string().transform(parseIdentityId).exactOptional(),
  data: z.object({
    approval: z.string(),
    outcome: z.enum(["approved", "denied", "expired", "cancelled"]),
    digest: z.string().transform(parseDigest),
    bound: boundShape,
    why: z.string().exactOptional(),
  }),
});
const useShape = z.object({
  type: z.literal("decision"),
  id: z.string().transform(parseEntryId),
  uses: z.array(z.object({ scope: z.string(), key: z.string() })),
});

/** Reads what was decided and what was used up, from one place of the log to its end (core K1). */
export async function readRecord(entries: EntrySource, from: number): Promise<Recorded> {
  const decided = new Map<string, Told>();
  const spent = new Map<string, Set<EntryId>>();
  for await (const { entry } of entries.read({ from })) {
    if (entry["name"] === "approval.decided") addTold(decided, plain(entry));
    else if (entry["uses"] !== undefined) addUses(spent, plain(entry));
  }
  return { decided, spent };
}

function plain(entry: JsonObject): unknown {
  return JSON.parse(writeJson(entry));
}

function addTold(decided: Map<string, Told>, entry: unknown): void {
  const parsed = toldShape.safeParse(entry);
  if (!parsed.success) return; // not written by this room: it can grant nothing
  const { at, by, data } = parsed.data;
  const { approval, ...told } = data;
  if ((decided.get(approval)?.outcome ?? "approved") !== "approved") return;
  decided.set(approval, { ...told, at, ...(by === undefined ? {} : { by }) });
}

function addUses(spent: Map<string, Set<EntryId>>, entry: unknown): void {
  const { id, uses } = useShape.parse(entry);
  for (const { scope, key } of uses) {
    if (scope !== APPROVAL_SCOPE) continue;
    const by = spent.get(key) ?? new Set();
    spent.set(key, by.add(id));
  }
}
