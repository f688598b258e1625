// SPDX-License-Identifier: Apache-2.0
// What somebody lets an agent do for one task, and the part of it that one step may use.
import { hash } from "node:crypto";
import { canonicalText } from "./canonical.ts";
import type { Constraint } from "./constraint.ts";
import type { Decimal } from "./decimal.ts";
import type { Digest, IdentityId, MandateId, TaskId } from "./ids.ts";
import { type Json, type JsonObject, jsonObject } from "./json.ts";
import type { Level } from "./label.ts";
import type { Instant } from "./time.ts";
import type { Verb } from "./verb.ts";

/** Absent members are without limit. */
export interface Budget {
  readonly calls?: number;
  readonly tokens?: number;
  readonly bytesOut?: number;
  readonly cost?: { readonly currency: string; readonly amount: Decimal };
}

export interface StepGrant {
  readonly verbs: readonly Verb[];
  /** URIs, normalised; each covers what lies below it. */
  readonly locations: readonly string[];
  /** Categories of data that may be touched. */
  readonly datatypes: readonly string[];
  readonly constraints: readonly Constraint[];
  readonly labelMax: Level;
  readonly jurisdictions: readonly string[];
  /** Dotted words, the widest first: `billing.invoices`. */
  readonly purpose: string;
  readonly budget: Budget;
  /** The arguments that the grant is for and no others: see {@link argsS256}. */
  readonly argsS256?: string;
}

export const MANDATE_STATES = ["open", "closed", "exhausted", "revoked", "expired"] as const;
export type MandateState = (typeof MANDATE_STATES)[number];

export interface Mandate {
  readonly id: MandateId;
  readonly task: TaskId;
  readonly grantor: IdentityId;
  readonly holder: IdentityId;
  readonly grant: StepGrant;
  readonly deadline: Instant;
  /** How many steps may hang below one another, besides the first. */
  readonly depth: number;
  /** Of what was asked for, in the grantor's words. */
  readonly request: Digest;
  readonly state: MandateState;
  /** Base64url SHA-256 of everything above but `state`: what tokens name. */
  readonly s256: string;
  /** Row version. */
  readonly v: number;
}

/** Base64url SHA-256 of the canonical form (RFC 8785) of `arguments` as the client sends them; `{}` where it sends none. */
export function argsS256(args: Json): string {
  return hash("sha256", canonicalText(args), "base64url");
}

/** {@link Mandate.s256} of a mandate. */
export function mandateS256(mandate: Omit<Mandate, "s256" | "state" | "v">): string {
  const { id, task, grantor, holder, grant, deadline, depth, request } = mandate;
  const members = { id, task, grantor, holder, grant: stepGrantJson(grant), deadline, depth, request };
  return argsS256(members);
}

/** A grant as JSON; `parseStepGrant` reads it back. */
export function stepGrantJson(grant: StepGrant): JsonObject {
  const { verbs, locations, datatypes, labelMax, jurisdictions, purpose } = grant;
  return jsonObject([
    ...Object.entries({ verbs, locations, datatypes, labelMax, jurisdictions, purpose }),
    ["constraints", grant.constraints.map((constraint) => jsonObject(Object.entries(constraint)))],
    ["budget", budgetJson(grant.budget)],
    ...(grant.argsS256 === undefined ? [] : [["argsS256", grant.argsS256] as const]),
  ]);
}

function budgetJson({ cost, ...counts }: Budget): JsonObject {
  return jsonObject([...Object.entries(counts), ...(cost === undefined ? [] : [["cost", { ...cost }] as const])]);
}
