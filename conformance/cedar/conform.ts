// SPDX-License-Identifier: Apache-2.0
// Runs cases of the Cedar integration tests: our evaluator answers every request in Cedar-exact mode, and decision, reason
// set and error set must be those of the case; Cedar's own validator says whether the policies should validate.
import { availableParallelism } from "node:os";
import { isJsonArray, type Json, member, type Ref, type Timers } from "../../src/core/index.ts";
import { createEngine, type Engine } from "../../src/decide/cedar/engine.ts";
import { evaluate } from "../../src/decide/cedar/evaluate.ts";
import { decideExactly } from "../../src/decide/cedar/exact.ts";
import { InputFault } from "../../src/decide/cedar/input.ts";
import { CedarParser } from "../../src/decide/cedar/parser.ts";
import type { Policy } from "../../src/decide/cedar/policy.ts";
import { readPolicy } from "../../src/decide/cedar/read-policy.ts";
import { scan } from "../../src/decide/cedar/scan.ts";
import { readSchema } from "../../src/decide/cedar/schema.ts";
import { EntityUid } from "../../src/decide/cedar/value.ts";
import { type Case, casesOf, type Request } from "./corpus.ts";
import type { FileSet } from "./files.ts";

export interface Tally {
  cases: number;
  requests: number;
  failedRequests: number;
  /** Cases whose `shouldValidate` was compared with the validator. */
  validated: number;
  failedValidations: number;
  /** The first failures, a line each. */
  readonly failures: string[];
}

const FAILURES_SHOWN = 20;
/** The corpus sets no limits on entities; these only have to be out of its way. */
const LIMITS = { depth: 256, setSize: 1_000_000, entities: 1_000_000 };

const TIMERS: Timers = {
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  every: (ms, work) => {
    const timer = setInterval(work, ms);
    return () => clearInterval(timer);
  },
};

/** Every `step`-th case of these files, over as many parsers as there are processors. */
export async function conform(files: readonly FileSet[], step = 1): Promise<Tally> {
  const tally: Tally = { cases: 0, requests: 0, failedRequests: 0, validated: 0, failedValidations: 0, failures: [] };
  const queue = chosen(files, step);
  const drain = async (): Promise<void> => {
    await using parser = new CedarParser(TIMERS);
    // the iterator is shared: each case goes to whoever is free
    for (const next of queue) await runCase(next, parser, tally);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, drain));
  return tally;
}

function* chosen(files: readonly FileSet[], step: number): Generator<Case> {
  let index = 0;
  for (const set of files) for (const next of casesOf(set)) if (index++ % step === 0) yield next;
}

async function runCase(given: Case, parser: CedarParser, tally: Tally): Promise<void> {
  tally.cases += 1;
  tally.requests += given.requests.length;
  try {
    const texts = policyTexts(given.policies);
    const policies: Policy[] = [];
    for (const [id, text] of Object.entries(texts))
      policies.push(readPolicy(id, success(await parser.call({ op: "policy", text }))));
    const schema = readSchema(success(await parser.call({ op: "schema", text: given.schema })));
    answerAll(given, policies, createEngine(schema, policies, LIMITS), tally);
    const validation = await parser.call({ op: "validate", schema: given.schema, policies: texts });
    tally.validated += 1;
    if (validates(validation) !== given.shouldValidate) {
      tally.failedValidations += 1;
      fail(tally, `${given.name}: shouldValidate is ${given.shouldValidate}`);
    }
  } catch (cause) {
    tally.failedRequests += given.requests.length;
    fail(tally, `${given.name}: ${String(cause)}`);
  }
}

/** Ids are given in the order of the file (the corpus has no others). */
function policyTexts(text: string): Record<string, string> {
  const pieces = scan(text);
  if ("code" in pieces) throw new Error(pieces.code);
  return Object.fromEntries(pieces.map(({ start, end }, index) => [`policy${index}`, text.slice(start, end)]));
}

function success(answer: Json): Json {
  const json = member(answer, "json");
  if (json === undefined) throw new Error(JSON.stringify(answer).slice(0, 300));
  return json;
}

/** Since Cedar 4.13 a scope that fits no action is only warned about; the corpus (4.10) counts it as an error. */
function validates(answer: Json): boolean {
  const errors = member(answer, "validationErrors");
  const warnings = member(answer, "validationWarnings");
  if (!isJsonArray(errors) || !isJsonArray(warnings)) throw new Error(JSON.stringify(answer).slice(0, 300));
  return errors.length === 0 && !warnings.some(fitsNoAction);
}

function fitsNoAction(warning: Json): boolean {
  const message = member(member(warning, "error"), "message");
  return typeof message === "string" && message.includes("unable to find an applicable action");
}

function answerAll(given: Case, policies: readonly Policy[], engine: Engine, tally: Tally): void {
  const entities = engine.entities(given.entities);
  for (const request of given.requests) {
    const problem =
      entities instanceof InputFault
        ? `entities: ${entities.code} ${entities.path}`
        : compare(request, answerOne(request, policies, engine, entities));
    if (problem === undefined) continue;
    tally.failedRequests += 1;
    fail(tally, `${given.name} request ${request.name}: ${problem}`);
  }
}

function uid({ type, id }: Ref): EntityUid {
  return new EntityUid(type, id);
}

type Answered = ReturnType<typeof decideExactly> | InputFault;

function answerOne(
  request: Request,
  policies: readonly Policy[],
  engine: Engine,
  entities: Exclude<ReturnType<Engine["entities"]>, InputFault>,
): Answered {
  const action = uid(request.action);
  const context =
    engine.actions.get(action.type)?.get(action.id)?.context(request.context) ??
    new InputFault("undeclared_type", "action");
  if (context instanceof InputFault) return context;
  const env = { principal: uid(request.principal), action, resource: uid(request.resource), context, entities };
  return decideExactly(policies, evaluate(engine.set, env));
}

function compare(expected: Request, actual: Answered): string | undefined {
  if (actual instanceof InputFault) return `context: ${actual.code} ${actual.path}`;
  const wanted = spelled(expected);
  const got = spelled(actual);
  return wanted === got ? undefined : `expected ${wanted}, got ${got}`;
}

/** Reasons and errors are sets. */
function spelled({ decision, reason, errors }: Pick<Request, "decision" | "reason" | "errors">): string {
  return JSON.stringify({ decision, reason: reason.toSorted(), errors: errors.toSorted() });
}

function fail(tally: Tally, line: string): void {
  if (tally.failures.length < FAILURES_SHOWN) tally.failures.push(line);
}
