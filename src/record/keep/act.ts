// SPDX-License-Identifier: Apache-2.0
// Who says what about keeping and erasing, and what is answered.
import { z } from "zod";
import {
  type BoundAssertion,
  type Digest,
  type IdentityId,
  type Instant,
  instant,
  type Json,
  parseDigest,
  parseIdentityId,
  parseJson,
  type Reference,
} from "../../core/index.ts";

/** A person, or `system` for whoever has the host. */
export type Actor = IdentityId | "system";

export interface Act {
  readonly by: Actor;
  readonly because: string;
}

/** A second person's yes, under the digest of all that was shown. */
export interface Approval {
  readonly by: IdentityId;
  readonly at: Instant;
  readonly terms: Digest;
  /** Absent in the demo alone. */
  readonly bound?: BoundAssertion;
  /** Key of the signature, SubjectPublicKeyInfo. */
  readonly key?: string;
}

/** A no, for a person. */
export interface No {
  readonly no: "unknown" | "refused";
  readonly why: string;
  readonly fix?: string;
}

export type Done<T> = { readonly done: T; readonly reference: Reference } | No;

export function refused(why: string, fix?: string): No {
  return { no: "refused", why, ...(fix === undefined ? {} : { fix }) };
}

/** Nobody agrees to what they asked for themselves. */
export function barredFrom(by: Actor, person: IdentityId): No | undefined {
  if (by !== person) return undefined;
  return refused("you asked for it: another person has to agree", "ask somebody else who has the right record.keep");
}

/** What an entry says of the second person. */
export function approvalJson(approved: Approval): Json {
  return parseJson(JSON.stringify(approved));
}

const text = z.string();
export const instantShape: z.ZodType<Instant> = z.number().transform((ms): Instant => instant(ms));
export const identityShape: z.ZodType<IdentityId> = text.transform(parseIdentityId);
export const actorShape: z.ZodType<Actor> = z.union([z.literal("system"), identityShape]);
const digest = text.transform(parseDigest);
export const approvalShape: z.ZodType<Approval> = z.object({
  by: identityShape,
  at: instantShape,
  terms: digest,
  bound: z
    .object({
      purpose: text,
      digest,
      answer: text,
      nonce: text,
      exp: instantShape,
      person: identityShape,
      credential: text,
      signature: text,
      acr: z.enum(["phr", "phrh"]),
      clientDataJSON: text.exactOptional(),
      authenticatorData: text.exactOptional(),
    })
    .exactOptional(),
  key: text.exactOptional(),
});
