// SPDX-License-Identifier: Apache-2.0
// Searches (AuthZEN 1.0 section 8): who may, on what, and what may be done. Exhaustive over the entities that the deployment
// knows, and every result is confirmed by a decision. One look goes through so many candidates and no more; what is left is
// on the next page.
import { type Decision, type Digest, type Json, type JsonObject, jsonObject, type Question } from "../../core/index.ts";
import { obligationsJson } from "./duties.ts";
import { type Judges, permits } from "./evaluate.ts";
import type { PageAsked, PageTokens } from "./page.ts";
import type { Decided, Peer } from "./ports.ts";
import { type Field, pose, typeFor } from "./pose.ts";
import { type Asked, Malformed, readAction, readContext, readParty } from "./read.ts";

export const SEARCHES = ["subject", "resource", "action"] as const;
export type SearchKind = (typeof SEARCHES)[number];

/** Candidates that one page may look at: a search of nothing but refusals must not hold up everything else. */
const CANDIDATES_MAX = 2000;

export interface Searched {
  readonly body: JsonObject;
  readonly decided: readonly Decided[];
}

interface Search {
  /** Candidates in the order of results. */
  readonly candidates: readonly string[];
  readonly ask: (candidate: string) => Asked;
  readonly found: (candidate: string) => JsonObject;
}

/** What a search asks, and who asks it. */
export interface Searching {
  readonly kind: SearchKind;
  readonly json: JsonObject;
  readonly peer: Peer;
}

export function search(
  ports: Judges & { readonly pages: PageTokens },
  field: Field,
  asked: Searching,
): Searched | Malformed {
  const { kind, json, peer } = asked;
  const read = READERS[kind](field, peer, json);
  if (read instanceof Malformed) return read;
  const digest = ports.decider.current(field.question.domain)?.digest ?? null;
  const about = aboutOf(asked, field, digest);
  const page = ports.pages.read(json["page"], about);
  if (page instanceof Malformed) return page;
  const { results, decided, last } = look(ports, field, peer, { search: read, page });
  const next = last === undefined ? "" : ports.pages.write(last, page.limit, about);
  const isPaged = Object.hasOwn(json, "page") || next !== "";
  return {
    body: jsonObject([...(isPaged ? [["page", pageJson(next, results)] as const] : []), ["results", results]]),
    decided,
  };
}

function pageJson(next: string, results: readonly Json[]): JsonObject {
  return jsonObject([
    ["next_token", next],
    ["count", results.length],
  ]);
}

interface Looked {
  readonly results: readonly JsonObject[];
  readonly decided: readonly Decided[];
  /** The candidate after which more may follow; none at the end. */
  readonly last: string | undefined;
}

function look(
  ports: Judges,
  field: Field,
  peer: Peer,
  { search: { candidates, ask, found }, page }: { readonly search: Search; readonly page: PageAsked },
): Looked {
  const { after, limit } = page;
  const from = after === undefined ? 0 : firstAfter(candidates, after);
  const results: JsonObject[] = [];
  const decided: Decided[] = [];
  let last: string | undefined;
  for (const candidate of candidates.slice(from, from + CANDIDATES_MAX)) {
    if (results.length === limit) return { results, decided, last };
    last = candidate;
    const posed = pose(field, peer, ask(candidate));
    if (posed === "too_many") continue;
    const { question, ignored } = posed;
    const decision = ports.decider.decide(question);
    if (!permits(decision)) continue;
    results.push(withDuties(found(candidate), question, decision));
    decided.push({ question, decision, ignored });
  }
  return { results, decided, last: from + CANDIDATES_MAX < candidates.length ? last : undefined };
}

/** A result that holds only where its duties are carried out says so beside itself (section 5.3 of the obligations draft). */
function withDuties(result: JsonObject, question: Question, { obligations }: Decision): JsonObject {
  if (obligations.length === 0) return result;
  return jsonObject([...Object.entries(result), ["obligations", obligationsJson(obligations, question)]]);
}

function firstAfter(candidates: readonly string[], after: string): number {
  const at = candidates.findIndex((candidate) => candidate > after);
  return at === -1 ? candidates.length : at;
}

/** A token is for one question of one peer over one state of what is known and of the rules. */
function aboutOf({ kind, json, peer }: Searching, { question, residents }: Field, digest: Digest | null): JsonObject {
  const asked = Object.entries(json).filter(([name]) => name !== "page");
  return jsonObject([
    ["kind", kind],
    ["domain", question.domain],
    ["peer", peer.id],
    ["version", residents.version],
    ["set", digest],
    ["asked", jsonObject(asked)],
  ]);
}

type Read = (field: Field, peer: Peer, json: JsonObject) => Search | Malformed;

const READERS: Readonly<Record<SearchKind, Read>> = { subject: bySubject, resource: byResource, action: byAction };

function bySubject({ schema, residents }: Field, peer: Peer, json: JsonObject): Search | Malformed {
  const subject = readParty(json, "subject", true);
  if (subject instanceof Malformed) return subject;
  const action = readAction(json);
  if (action instanceof Malformed) return action;
  const resource = readParty(json, "resource");
  if (resource instanceof Malformed) return resource;
  const context = readContext(json);
  if (context instanceof Malformed) return context;
  return {
    candidates: knows(residents, typeFor(peer, schema, resource.type), resource)
      ? residents.idsOf(typeFor(peer, schema, subject.type))
      : [],
    ask: (id) => ({ subject: { ...subject, id }, action, resource, context }),
    found: (id) => refJson(subject.type, id),
  };
}

function byResource({ schema, residents }: Field, peer: Peer, json: JsonObject): Search | Malformed {
  const subject = readParty(json, "subject");
  if (subject instanceof Malformed) return subject;
  const action = readAction(json);
  if (action instanceof Malformed) return action;
  const resource = readParty(json, "resource", true);
  if (resource instanceof Malformed) return resource;
  const context = readContext(json);
  if (context instanceof Malformed) return context;
  return {
    candidates: residents.idsOf(typeFor(peer, schema, resource.type)),
    ask: (id) => ({ subject, action, resource: { ...resource, id }, context }),
    found: (id) => refJson(resource.type, id),
  };
}

/** The actions that the schema lets this kind of subject do to this kind of resource; groups among them are none. */
function byAction({ schema, residents }: Field, peer: Peer, json: JsonObject): Search | Malformed {
  const subject = readParty(json, "subject");
  if (subject instanceof Malformed) return subject;
  const resource = readParty(json, "resource");
  if (resource instanceof Malformed) return resource;
  const context = readContext(json);
  if (context instanceof Malformed) return context;
  const [principal, object] = [typeFor(peer, schema, subject.type), typeFor(peer, schema, resource.type)];
  const isKnown = knows(residents, object, resource);
  const candidates = [...schema.actions.values()]
    .filter(
      ({ uid, principals, resources }) =>
        uid.type === "Action" && isKnown && principals.has(principal) && resources.has(object),
    )
    .map(({ uid }) => uid.id)
    .toSorted((a, b) => (a < b ? -1 : 1));
  return {
    candidates,
    ask: (name) => ({ subject, action: { name, properties: undefined }, resource, context }),
    found: (name) => jsonObject([["name", name]]),
  };
}

/** What a search starts from has to be known: what nobody knows leads nowhere (D60). */
function knows(residents: Field["residents"], type: string, { id }: { readonly id: string }): boolean {
  return residents.get({ type, id }) !== undefined;
}

function refJson(type: string, id: string): JsonObject {
  return jsonObject([
    ["type", type],
    ["id", id],
  ]);
}
