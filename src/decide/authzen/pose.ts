// SPDX-License-Identifier: Apache-2.0
// An AuthZEN question in our words: types by the peer's mapping, what we know of the two entities before what the caller says
// of them (D63), and the slice of everything the rules can reach from there.
import { type EntityJson, type JsonObject, jsonObject, type Question, type Ref } from "../../core/index.ts";
import type { RecordType, Schema } from "../cedar/schema.ts";
import { entityKey } from "../cedar/value.ts";
import type { Residents } from "../residents.ts";
import { declaredIn, NEGOTIATED } from "./duties.ts";
import { fitRecord } from "./fit.ts";
import type { Peer } from "./ports.ts";
import type { Asked, Party } from "./read.ts";

/** What a domain decides with. */
export interface Field {
  readonly schema: Schema;
  readonly residents: Residents;
  readonly question: Pick<Question, "domain" | "pep" | "at">;
}

export interface Posed {
  readonly question: Question;
  /** Members that the schema does not declare: named in the entry, and nothing more. */
  readonly ignored: readonly string[];
}

/** `too_many` where the question would reach more entities than one may hold. */
export function pose(field: Field, peer: Peer, asked: Asked): Posed | "too_many" {
  const subject = bodyOf(field, peer, asked.subject, false);
  const resource = bodyOf(field, peer, asked.resource, true);
  const slice = field.residents.sliceOf([subject.body, resource.body].filter((body) => body !== undefined));
  if (slice === undefined) return "too_many";
  const context = contextOf(field.schema, asked);
  const obligations = new Set([...peer.obligations, ...declaredIn(asked.context)]);
  return {
    question: {
      ...field.question,
      principal: subject.ref,
      action: asked.action.name,
      resource: resource.ref,
      context: context.value,
      entities: slice,
      pep: { ...field.question.pep, obligations },
    },
    ignored: [
      ...subject.ignored.map((name) => `subject.properties.${name}`),
      ...resource.ignored.map((name) => `resource.properties.${name}`),
      ...context.ignored.map((name) => `context.${name}`),
    ],
  };
}

/** Our type for the name that a peer uses. */
export function typeFor({ types }: Peer, schema: Schema, name: string): string {
  const mapped = types.get(name);
  if (mapped !== undefined) return mapped;
  const usual = USUAL.get(name);
  return usual !== undefined && schema.entityTypes.has(usual) && !schema.entityTypes.has(name) ? usual : name;
}

/** What callers commonly say, and the default schema's word for it. */
const USUAL: ReadonlyMap<string, string> = new Map([
  ["user", "Human"],
  ["agent", "Agent"],
  ["mcp_server", "Server"],
  ["tool", "Tool"],
  ["resource", "Document"],
  ["prompt", "Prompt"],
  ["task", "Task"],
]);

interface Body {
  readonly ref: Ref;
  readonly body: EntityJson | undefined;
  readonly ignored: readonly string[];
}

const NOTHING: RecordType = { kind: "record", attributes: new Map() };

/** A subject that nobody knows has no body, whatever is said of it: an unknown identity is allowed nothing (D12). */
function bodyOf({ schema, residents }: Field, peer: Peer, party: Party, mayBeNew: boolean): Body {
  const ref = { type: typeFor(peer, schema, party.type), id: party.id };
  const known = residents.get(ref);
  if (known === undefined && !mayBeNew) return { ref, body: undefined, ignored: [] };
  const fitted = fitRecord(party.properties, schema.entityTypes.get(ref.type)?.attributes ?? NOTHING);
  const attrs = known === undefined ? fitted.value : merged(fitted.value, known.attrs);
  return { ref, body: { uid: ref, attrs, parents: known?.parents ?? [] }, ignored: fitted.ignored };
}

/** What is stored always wins over what a caller says. */
function merged(said: JsonObject, stored: JsonObject): JsonObject {
  return jsonObject([...Object.entries(said), ...Object.entries(stored)]);
}

/** `action.properties` are a member of the context, where the schema has a place for them. */
function contextOf(schema: Schema, { action, context }: Asked): ReturnType<typeof fitRecord> {
  const declared = schema.actions.get(entityKey("Action", action.name))?.context ?? NOTHING;
  const { properties } = action;
  const said = Object.entries(context).filter(
    ([name]) => !NEGOTIATED.has(name) && (properties === undefined || name !== "action"),
  );
  const done = properties === undefined ? [] : ([["action", properties]] as const);
  return fitRecord(jsonObject([...said, ...done]), declared);
}
