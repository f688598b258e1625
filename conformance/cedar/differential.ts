// SPDX-License-Identifier: Apache-2.0
// One random sample put to both: Cedar itself, compiled to WebAssembly, and our evaluator in Cedar-exact mode.
import {
  type CheckParseAnswer,
  type PolicySet,
  preparsePolicySet,
  preparseSchema,
  type Schema,
  statefulIsAuthorized,
} from "@cedar-policy/cedar-wasm/nodejs";
import { isJsonArray, isJsonObject, type Json, type JsonObject, member, parseJson } from "../../src/core/index.ts";
import { readEntityUid } from "../../src/decide/cedar/convert.ts";
import type { EntityInput } from "../../src/decide/cedar/convert-entities.ts";
import { createEngine } from "../../src/decide/cedar/engine.ts";
import { evaluate } from "../../src/decide/cedar/evaluate.ts";
import { decideExactly } from "../../src/decide/cedar/exact.ts";
import { InputFault } from "../../src/decide/cedar/input.ts";
import { linkTemplate } from "../../src/decide/cedar/link.ts";
import type { CedarParser } from "../../src/decide/cedar/parser.ts";
import type { Policy, SlotName } from "../../src/decide/cedar/policy.ts";
import { readPolicy } from "../../src/decide/cedar/read-policy.ts";
import { readSchema } from "../../src/decide/cedar/schema.ts";
import { EntityUid } from "../../src/decide/cedar/value.ts";
import { type Sample, SCHEMA, type TemplateCase } from "./generate.ts";

/** What either side says to one question: decision, reasons and errors as sorted text, or that it refused the input. */
export type Verdicts = readonly string[];

const LIMITS = { depth: 16, setSize: 10_000, entities: 64 };
/** What either says of input that it refuses. */
export const REFUSED = "input refused";

// Cedar's binding takes values through JSON.stringify; a raw lexeme is how an integer beyond 2^53 gets in whole
const { rawJSON } = JSON as unknown as { rawJSON(this: void, text: string): never };

// both are parsed once for all questions of a sample; the cache cannot be emptied, so one name is used again and again
const NAME = "differential";
let isSchemaKnown = false;

export function askCedar({ policies, templates, entities, questions }: Sample): Verdicts {
  const set: PolicySet = {
    staticPolicies: Object.fromEntries(policies.map((text, index) => [`policy${index}`, text])),
    templates: Object.fromEntries(templates.map(({ text }, index) => [`template${index}`, text])),
    templateLinks: templates.map((template, index) => ({
      templateId: `template${index}`,
      newId: `link${index}`,
      values: Object.fromEntries(bindings(template).map(([slot, { type, id }]) => [slot, { type, id }])),
    })),
  };
  if (!isSchemaKnown) parsed(preparseSchema(NAME, SCHEMA satisfies Schema));
  isSchemaKnown = true;
  parsed(preparsePolicySet(NAME, set));
  const known = lossless(parseJson(entities));
  return questions.map(({ principal, action, resource, context }) => {
    const answer = statefulIsAuthorized({
      principal: { type: "User", id: principal },
      action: { type: "Action", id: action },
      resource: { type: "File", id: resource },
      context: lossless(parseJson(context)),
      entities: known,
      preparsedPolicySetId: NAME,
      preparsedSchemaName: NAME,
      validateRequest: true,
    });
    if (answer.type === "failure") return REFUSED;
    const { decision, diagnostics } = answer.response;
    return spelled(
      decision,
      diagnostics.reason,
      diagnostics.errors.map((error) => error.policyId),
    );
  });
}

function parsed(answer: CheckParseAnswer): void {
  if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
}

export async function askUs(
  { policies, templates, entities, questions }: Sample,
  parser: CedarParser,
): Promise<Verdicts> {
  const read: Policy[] = [];
  for (const [index, text] of policies.entries())
    read.push(readPolicy(`policy${index}`, jsonOf(await parser.call({ op: "policy", text }))));
  for (const [index, template] of templates.entries()) {
    const bare = readPolicy(`template${index}`, jsonOf(await parser.call({ op: "template", text: template.text })));
    read.push(linkTemplate(bare, `link${index}`, new Map(bindings(template))));
  }
  const schema = readSchema(jsonOf(await parser.call({ op: "schema", text: SCHEMA })));
  const engine = createEngine(schema, read, LIMITS);
  const known = engine.entities(entitiesOf(parseJson(entities)));
  return questions.map((question) => {
    const action = new EntityUid("Action", question.action);
    const context = engine.actions.get(action.type)?.get(action.id)?.context(parseJson(question.context));
    if (known instanceof InputFault || context === undefined || context instanceof InputFault) return REFUSED;
    const principal = new EntityUid("User", question.principal);
    const resource = new EntityUid("File", question.resource);
    const verdict = decideExactly(
      read,
      evaluate(engine.set, { principal, action, resource, context, entities: known }),
    );
    return spelled(verdict.decision, verdict.reason, verdict.errors);
  });
}

export function bindings({ principal, resource }: TemplateCase): [SlotName, EntityUid][] {
  const bound: [SlotName, string | undefined][] = [
    ["?principal", principal],
    ["?resource", resource],
  ];
  return bound.flatMap(([slot, id]) => (id === undefined ? [] : [[slot, new EntityUid(typeOf(id), id)]]));
}

function typeOf(id: string): string {
  if (id.startsWith("f")) return "File";
  return /^g[0-9]/.test(id) ? "Group" : "User";
}

function spelled(decision: string, reason: readonly string[], errors: readonly string[]): string {
  return JSON.stringify({ decision, reason: reason.toSorted(), errors: errors.toSorted() });
}

export function jsonOf(answer: Json): Json {
  const json = member(answer, "json");
  if (json === undefined) throw new Error(JSON.stringify(answer));
  return json;
}

export function entitiesOf(json: Json): readonly EntityInput[] {
  return (isJsonArray(json) ? json : []).map((entity) => ({
    uid: refOf(member(entity, "uid")),
    attrs: objectOf(member(entity, "attrs")),
    parents: listOf(member(entity, "parents")).map(refOf),
    tags: objectOf(member(entity, "tags")),
  }));
}

function refOf(json: Json | undefined): EntityUid {
  return readEntityUid(json) ?? new EntityUid("", "");
}

function objectOf(json: Json | undefined): JsonObject {
  return isJsonObject(json) ? json : {};
}

function listOf(json: Json | undefined): readonly Json[] {
  return isJsonArray(json) ? json : [];
}

/** The same value with every number as its lexeme. */
function lossless(json: Json): never {
  const walk = (value: Json): unknown => {
    if (isJsonArray(value)) return value.map(walk);
    if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, walk(v)]));
    if (typeof value === "number") return rawJSON(String(value));
    return typeof value === "object" && value !== null ? rawJSON((value as { lexeme: string }).lexeme) : value;
  };
  return walk(json) as never;
}
