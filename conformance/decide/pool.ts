// SPDX-License-Identifier: Apache-2.0
// What random sets are put together from: policies and links of templates, parsed once by Cedar, and entities and questions.
import * as fc from "fast-check";
import { parseJson } from "../../src/core/index.ts";
import { linkTemplate } from "../../src/decide/cedar/link.ts";
import type { CedarParser } from "../../src/decide/cedar/parser.ts";
import type { Policy } from "../../src/decide/cedar/policy.ts";
import { readPolicy } from "../../src/decide/cedar/read-policy.ts";
import { readSchema, type Schema } from "../../src/decide/cedar/schema.ts";
import { bindings, entitiesOf, jsonOf } from "../cedar/differential.ts";
import { SAMPLE, type Sample, SCHEMA, type TemplateCase } from "../cedar/generate.ts";

/** A policy as Cedar reads it, and as we do. */
export interface Pooled {
  readonly source: string | TemplateCase;
  readonly parsed: Policy;
}

export interface Kinds {
  readonly all: readonly Pooled[];
  /** Those without conditions. */
  readonly plain: readonly Pooled[];
}

export interface Pool {
  readonly schema: Schema;
  readonly permits: Kinds;
  readonly forbids: Kinds;
  readonly entities: readonly { readonly text: string; readonly read: ReturnType<typeof entitiesOf> }[];
  readonly questions: Sample["questions"];
}

/** Random samples that the pool is made of; each brings some policies, a template or two, entities and questions. */
const SAMPLES = 600;

export async function openPool(parser: CedarParser, seed: number): Promise<Pool> {
  const samples = fc.sample(SAMPLE, { seed, numRuns: SAMPLES });
  const pooled: Pooled[] = [];
  for (const text of samples.flatMap(({ policies }) => policies))
    pooled.push({ source: text, parsed: readPolicy("", jsonOf(await parser.call({ op: "policy", text }))) });
  for (const template of samples.flatMap(({ templates }) => templates)) {
    const bare = readPolicy("", jsonOf(await parser.call({ op: "template", text: template.text })));
    pooled.push({ source: template, parsed: linkTemplate(bare, "", new Map(bindings(template))) });
  }
  return {
    schema: readSchema(jsonOf(await parser.call({ op: "schema", text: SCHEMA }))),
    permits: kindsOf(pooled, "permit"),
    forbids: kindsOf(pooled, "forbid"),
    entities: samples
      .map(({ entities }) => ({ text: entities, read: entitiesOf(parseJson(entities)) }))
      .filter(({ read }) => read.some(({ uid }) => uid.type === "User")),
    questions: samples.flatMap(({ questions }) => questions),
  };
}

function kindsOf(pooled: readonly Pooled[], effect: Policy["effect"]): Kinds {
  const all = pooled.filter(({ parsed }) => parsed.effect === effect);
  return { all, plain: all.filter(({ parsed }) => parsed.conditions.length === 0) };
}
