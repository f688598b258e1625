// SPDX-License-Identifier: Apache-2.0
// What was asked, what was answered, and why: lists that can be narrowed, counts by minute, and one decision whole.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import {
  ANSWERS,
  type EntrySource,
  formatInstant,
  instant,
  jsonObject,
  member,
  PAGE_MAX_ROWS,
  VERBS,
} from "../../core/index.ts";
import type { DecisionAsk, DecisionIndex } from "../decision-index.ts";
import { explainEntry, type PolicyTexts } from "../explain.ts";
import type { Minutes } from "../minutes.ts";
import { sendJson } from "./json.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";
import { mountProofs, type ProofPorts } from "./proofs.ts";
import { instantText } from "./time-text.ts";

export interface DecisionPorts extends ProofPorts {
  readonly entries: EntrySource;
  readonly policies: PolicyTexts;
  readonly minutes: Minutes;
  readonly decisions: DecisionIndex;
}

/** Rows of a page where none are asked for. */
const PAGE_ROWS = 100;
/** UNIT: characters. Longest text that a list is narrowed by. */
const FILTER_MAX_CHARS = 2048;

const word = z.string().min(1).max(FILTER_MAX_CHARS);

const askShape = z.strictObject({
  answer: listOf(z.enum(ANSWERS)).exactOptional(),
  who: word.exactOptional(),
  verb: listOf(z.enum(VERBS)).exactOptional(),
  server: word.exactOptional(),
  label: word.exactOptional(),
  policy: word.exactOptional(),
  after: instantText.exactOptional(),
  before: instantText.exactOptional(),
  cursor: z.coerce.number().int().min(0).exactOptional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX_ROWS).default(PAGE_ROWS),
});

/** Words with commas between them. */
function listOf<T extends string>(one: z.ZodType<T, string>): z.ZodType<readonly T[], string> {
  return z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(one));
}

export function mountDecisions(app: FastifyInstance, ports: DecisionPorts): void {
  app.get("/api/decisions", async (request, reply) => {
    const asked = askShape.safeParse(request.query);
    if (!asked.success) return sendProblem(reply, { ...PROBLEMS.malformed, detail: wrongOf(asked.error) });
    const { rows, next, isExact, size } = await ports.decisions.find(askOf(asked.data));
    return sendJson(
      reply,
      jsonObject([
        ["size", size],
        ["complete", next === undefined],
        ["exact", isExact],
        ...(next === undefined ? [] : [["next", next] as const]),
        ["decisions", rows],
      ]),
    );
  });
  app.get("/api/decisions/minutes", (_request, reply) => {
    const { minutes: counted, complete } = ports.minutes.read();
    const told = counted.map(({ at, counts }) =>
      jsonObject([
        ["at", formatInstant(instant(at))],
        ["counts", jsonObject(Object.entries(counts))],
      ]),
    );
    return sendJson(
      reply,
      jsonObject([
        ["complete", complete],
        ["minutes", told],
      ]),
    );
  });
  app.get<{ Params: { ref: string } }>("/api/decisions/:ref", async (request, reply) => {
    const found = await ports.find(request.params.ref);
    const [decided, ...others] = found.filter(({ entry }) => member(entry, "type") === "decision");
    if (decided === undefined) return sendProblem(reply, PROBLEMS.notFound);
    const explained = await explainEntry(decided, ports.entries, ports.policies);
    const same = others.map(({ entry }) => member(entry, "id") ?? null);
    return sendJson(reply, jsonObject([...Object.entries(explained), ["same", same]]));
  });
  mountProofs(app, ports);
}

function askOf({ answer, verb, cursor, limit, ...rest }: z.infer<typeof askShape>): DecisionAsk {
  const lists = {
    ...(answer === undefined ? {} : { answers: answer }),
    ...(verb === undefined ? {} : { verbs: verb }),
  };
  return { filter: { ...rest, ...lists }, limit, ...(cursor === undefined ? {} : { cursor }) };
}

/** The first thing that is wrong, with where it is. */
function wrongOf({ issues }: z.ZodError): string {
  const [first] = issues;
  const at = first?.path.join(".") ?? "";
  return `${at === "" ? "" : `\`${at}\`: `}${first?.message ?? "not a filter"}`;
}
