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
  type Obligation,
  parseInstant,
  REASON_CODES,
  type ReasonCode,
  type Ref,
} from "../../core/index.ts";
import { OBLIGATION } from "../obligations.ts";

export interface PolicyCase {
  readonly name: string;
  readonly ask: {
    readonly who: Ref;
    readonly verb: string;
    readonly what: Ref;
    /** Changes to the file's context, member by member. */
    readonly context?: JsonObject | undefined;
    /** Ids of policies whose challenge people answered for this very call. */
    readonly evidence?: readonly string[] | undefined;
  };
  readonly expect: {
    readonly answer: Answer;
    /** Ids of exactly the policies that made the answer. */
    readonly policies?: readonly string[] | undefined;
    readonly reason?: ReasonCode | undefined;
    /** Exactly what must be done. */
    readonly obligations?: readonly Obligation[] | undefined;
    /** Exactly the profiles of the challenges that are open. */
    readonly remedies?: readonly string[] | undefined;
  };
}

/** One file: a world, and cases in it. */
export interface CaseFile {
  readonly given: {
    readonly at: Instant;
    /** Changes to an ordinary call, see `caseContext`. */
    readonly context?: JsonObject | undefined;
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
  given: z.strictObject({ at, context: object.optional(), entities: z.array(entity) }),
  cases: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        ask: z.strictObject({
          who: ref,
          verb: z.string(),
          what: ref,
          context: object.optional(),
          evidence: z.array(z.string()).optional(),
        }),
        expect: z.strictObject({
          answer: z.enum(ANSWERS),
          policies: z.array(z.string()).optional(),
          reason: z.enum(REASON_CODES).optional(),
          obligations: z.array(OBLIGATION).optional(),
          remedies: z.array(z.string()).optional(),
        }),
      }),
    )
    .min(1),
});
