// SPDX-License-Identifier: Apache-2.0
// Looking through the record: what is found, how far the rows reach, and what an answer proves and what it does not.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  formatEntryRef,
  formatInstant,
  instant,
  type Json,
  jsonObject,
  member,
  PAGE_MAX_ROWS,
  parseEntryId,
  parseEntryIndex,
  referenceOf,
  type TenantId,
} from "../../core/index.ts";
import type { Rights } from "../../identify/index.ts";
import { type Hit, type RecordRoom, type SearchAnswer, type SearchRoom, TERM_KINDS } from "../../record/index.ts";
import type { Access } from "../access.ts";
import { entryRow } from "./entry-row.ts";
import { sendJson } from "./json.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";
import { sendProof } from "./proofs.ts";
import { instantText } from "./time-text.ts";

export interface RecordEdge {
  readonly record: Pick<RecordRoom, "find" | "prove" | "proveEach" | "status">;
  readonly search: SearchRoom;
  readonly tenant: TenantId;
  readonly access: Access;
  readonly rights: Rights;
}

/** Rows of a page where none are asked for. */
const PAGE_ROWS = 100;
/** Proofs of one answer: each is about 30 hashes. */
const PROOFS_MAX = 250;
/** UNIT: characters. Longest text that is searched for. */
const WORD_MAX_CHARS = 2048;
/** Values of one kind. */
const VALUES_MAX = 16;

/** What an answer says of itself: a search proves what it shows, never that there is no more (record L37). */
const PROVES = "each hit is proved by its own proof; that there are no more is not";

const words = z
  .string()
  .min(1)
  .max(WORD_MAX_CHARS)
  .transform((text) => text.split(","))
  .pipe(z.array(z.string().min(1)).max(VALUES_MAX));

const askShape = z.strictObject({
  q: z.string().trim().min(1).max(WORD_MAX_CHARS).exactOptional(),
  after: instantText.exactOptional(),
  before: instantText.exactOptional(),
  cursor: z.coerce.number().int().min(0).exactOptional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX_ROWS).default(PAGE_ROWS),
  proofs: z.enum(["0", "1"]).default("0"),
});
/** One filter for each kind of term; several words of one kind have commas between them. */
const termsShape = z.strictObject(Object.fromEntries(TERM_KINDS.map((kind) => [kind, words.exactOptional()])));

export function mountRecord(app: FastifyInstance, edge: RecordEdge): void {
  app.get("/api/record/search", async (request, reply) => {
    const asked = askOf(request.query);
    if (typeof asked === "string") return sendProblem(reply, { ...PROBLEMS.malformed, detail: asked });
    const people = mayFindPeople(edge, request);
    if (!people && "person" in asked.terms) {
      const detail = "searching by a person needs the right people.read";
      return sendProblem(reply, { ...PROBLEMS.forbidden, detail });
    }
    const { proofs, limit, q, ...rest } = asked.page;
    const most = proofs === "1" ? Math.min(limit, PROOFS_MAX) : limit;
    const ask = { ...rest, ...(q === undefined ? {} : { word: q }), tenant: edge.tenant, people, terms: asked.terms };
    const answer = await edge.search.search({ ...ask, limit: most });
    return sendJson(reply, await answerJson(edge, answer, proofs === "1"));
  });
  app.get<Placed>("/api/record/entries/:log/:index", async (request, reply) => {
    const index = placeOf(edge, request);
    const [found] = index === undefined ? [] : await edge.record.find(parseEntryIndex(index));
    return found === undefined ? sendProblem(reply, PROBLEMS.notFound) : sendJson(reply, entryRow(found));
  });
  app.get<Placed>("/api/record/entries/:log/:index/proof", async (request, reply) => {
    const index = placeOf(edge, request);
    const [found] = index === undefined ? [] : await edge.record.find(parseEntryIndex(index));
    if (found === undefined) return sendProblem(reply, PROBLEMS.notFound);
    return sendProof(reply, found.ref.index, await edge.record.prove(found.ref.index));
  });
}

interface Placed {
  readonly Params: { readonly log: string; readonly index: string };
}

/** The index that a path names; `undefined` where it names another log, or no entry. */
function placeOf({ record }: RecordEdge, { params }: FastifyRequest<Placed>): number | undefined {
  const { origin } = record.status();
  const isThis = params.log === origin || origin.endsWith(`/log/${params.log}`);
  return isThis && /^[0-9]{1,15}$/.test(params.index) ? Number(params.index) : undefined;
}

/** People are found by those only who may read who they are. */
function mayFindPeople({ access, rights }: RecordEdge, { headers }: FastifyRequest): boolean {
  const asker = access.askerOf(headers);
  if (asker === undefined) return false;
  return asker.kind === "host" || rights.has(access.people.rolesOf(asker.session.person), "people.read");
}

interface Asked {
  readonly page: z.infer<typeof askShape>;
  readonly terms: z.infer<typeof termsShape>;
}

function isTerm([name]: readonly [string, unknown]): boolean {
  return TERM_KINDS.some((kind) => kind === name);
}

/** The question, or the first thing that is wrong with it. */
function askOf(query: unknown): Asked | string {
  const given = Object.entries(typeof query === "object" && query !== null ? query : {});
  const terms = termsShape.safeParse(Object.fromEntries(given.filter(isTerm)));
  const page = askShape.safeParse(Object.fromEntries(given.filter((one) => !isTerm(one))));
  const wrong = page.error ?? terms.error;
  if (wrong !== undefined || !page.success || !terms.success) {
    const [first] = wrong?.issues ?? [];
    return `${first?.path.length ? `\`${first.path.join(".")}\`: ` : ""}${first?.message ?? "not a question"}`;
  }
  return { page: page.data, terms: terms.data };
}

async function answerJson(edge: RecordEdge, answer: SearchAnswer, isProved: boolean): Promise<Json> {
  const { hits, next, indexedThrough, size, meant } = answer;
  const { origin } = edge.record.status();
  const proofs = isProved ? await edge.record.proveEach(hits.map(({ index }) => index)) : undefined;
  return jsonObject([
    ["log", origin],
    ["size", size],
    ["indexedThrough", indexedThrough],
    ["complete", next === undefined && indexedThrough >= size],
    ["proves", PROVES],
    ...(meant === undefined ? [] : [["meant", jsonObject(Object.entries(meant))] as const]),
    ...(next === undefined ? [] : [["next", next] as const]),
    ["hits", hits.map((hit, i) => hitJson(origin, hit, proofs?.paths[i]))],
    ...(proofs === undefined ? [] : [["checkpoint", proofs.checkpoint] as const]),
  ]);
}

function hitJson(log: string, { index, id, leaf, summary }: Hit, path: readonly string[] | undefined): Json {
  const name = log.slice(log.lastIndexOf("/") + 1);
  const at = member(summary, "at");
  return jsonObject([
    ["ref", formatEntryRef({ log, index: parseEntryIndex(index), leaf })],
    ["index", index],
    ["reference", referenceOf(parseEntryId(id))],
    ...(typeof at === "number" ? [["at", formatInstant(instant(at))] as const] : []),
    ["summary", summary],
    ["proof", `/api/record/entries/${name}/${index}/proof`],
    ...(path === undefined ? [] : [["path", path] as const]),
  ]);
}
