// SPDX-License-Identifier: Apache-2.0
// For tests: policies written as Cedar, asked in a small world, through the same parser, conversion and evaluation as always.
import { type Json, member, parseJson } from "../../core/index.ts";
import { fakeClock } from "../../core/testing/system.ts";
import type { EntityInput } from "../cedar/convert-entities.ts";
import type { Engine } from "../cedar/engine.ts";
import { type Evaluation, evaluate } from "../cedar/evaluate.ts";
import { InputFault } from "../cedar/input.ts";
import { CedarParser } from "../cedar/parser.ts";
import type { Policy } from "../cedar/policy.ts";
import { readPolicy } from "../cedar/read-policy.ts";
import { readSchema, type Schema } from "../cedar/schema.ts";
import { EntityUid } from "../cedar/value.ts";

export const LIMITS = { depth: 16, setSize: 10_000, entities: 64 };

/** A parser whose deadline never comes. */
export function openParser(): CedarParser {
  return new CedarParser(fakeClock().timers);
}

export async function schemaOf(parser: CedarParser, text: string): Promise<Schema> {
  return readSchema(success(await parser.call({ op: "schema", text })));
}

/** Policies named `p0`, `p1` and so on. */
export async function policiesOf(parser: CedarParser, texts: readonly string[]): Promise<readonly Policy[]> {
  const policies: Policy[] = [];
  for (const [index, text] of texts.entries())
    policies.push(readPolicy(`p${index}`, success(await parser.call({ op: "policy", text }))));
  return policies;
}

function success(answer: Json): Json {
  const json = member(answer, "json");
  if (json === undefined) throw new Error(JSON.stringify(answer));
  return json;
}

export interface Asked {
  readonly principal?: string;
  readonly resource?: string;
  /** JSON text. */
  readonly context?: string;
  readonly entities?: readonly EntityInput[];
}

/** `User::principal` asks to `read` `File::resource`. */
export function ask(
  engine: Engine,
  { principal = "u", resource = "f", context = "{}", entities = [] }: Asked,
): Evaluation {
  const action = new EntityUid("Action", "read");
  const values = engine.actions.get("Action")?.get("read")?.context(parseJson(context));
  const bodies = engine.entities(entities);
  if (values === undefined || values instanceof InputFault || bodies instanceof InputFault)
    throw new Error(`the test's own input is refused: ${JSON.stringify([values, bodies])}`);
  return evaluate(engine.set, {
    principal: new EntityUid("User", principal),
    action,
    resource: new EntityUid("File", resource),
    context: values,
    entities: bodies,
  });
}
