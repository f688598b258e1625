// SPDX-License-Identifier: Apache-2.0
// Case files (D75): questions with the answers that are expected, for people to write beside their rules.
import { z } from "zod";
import {
  ANSWERS,
  type Answer,
  CoreError,
  type EntityJson,
  type Instant,
  type Json,
  type JsonObject,
  parseInstant,
  REASON_CODES,
  type ReasonCode,
  type Ref,
} from "../../core/index.ts";

export interface PolicyCase {
  readonly name: string;
  readonly ask: {
    readonly who: Ref;
    readonly verb: string;
    readonly what: Ref;
    /** Members that replace those of the file's context. */
    readonly context?: JsonObject | undefined;
  };
  readonly expect: {
    readonly answer: Answer;
    /** Ids of exactly the policies that made the answer. */
    readonly policies?: readonly string[] | undefined;
    readonly reason?: ReasonCode | undefined;
  };
}

/** One file: a world, and cases in it. */
export interface CaseFile {
  readonly given: {
    readonly at: Instant;
    readonly context: JsonObject;
    readonly entities: readonly EntityJson[];
  };
  readonly cases: readonly PolicyCase[];
}

const REF = /^((?:[A-Za-z_][A-Za-z0-9_]*::)*[A-Za-z_][A-Za-z0-9_]*)::("(?:[^"\\]|\\.)*")$/s;

/** `Type::"id"`, as policies write it. */
const ref = z.string().transform((text, context): Ref => {
  const [, type = "", quoted = ""] = REF.exec(text) ?? [];
  const id = unquote(quoted);
  if (id !== undefined) return { type, id };
  context.addIssue({ code: "custom", message: 'an entity is written Type::"id"' });
  return z.NEVER;
});

function unquote(quoted: string): string | undefined {
  try {
    const text: unknown = JSON.parse(quoted);
    return typeof text === "string" ? text : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

const at = z.string().transform((text, context): Instant => {
  try {
    return parseInstant(text);
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    context.addIssue({ code: "custom", message: cause.message });
    return z.NEVER;
  }
});

// what is read here is JSON already, and the policy set's own schema judges it
const json: z.ZodType<Json> = z.custom<Json>(() => true);
const object: z.ZodType<JsonObject> = z.record(z.string(), json);

const entity = z
  .strictObject({ uid: ref, in: z.array(ref).default([]), attrs: object.default({}) })
  .transform(({ uid, in: parents, attrs }): EntityJson => ({ uid, parents, attrs }));

export const CASE_FILE: z.ZodType<CaseFile> = z.strictObject({
  given: z.strictObject({ at, context: object, entities: z.array(entity) }),
  cases: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        ask: z.strictObject({ who: ref, verb: z.string(), what: ref, context: object.optional() }),
        expect: z.strictObject({
          answer: z.enum(ANSWERS),
          policies: z.array(z.string()).optional(),
          reason: z.enum(REASON_CODES).optional(),
        }),
      }),
    )
    .min(1),
});
