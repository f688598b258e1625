// SPDX-License-Identifier: Apache-2.0
// Ids: made only by the parse functions here, never by a cast elsewhere.
import { CoreError, quote } from "./errors.ts";
import { IDENTITY_ID_MAX_BYTES } from "./limits.ts";

/** A text or number that only a parse function can make. */
export type Brand<T, N extends string> = T & { readonly __brand: N };

/** `spiffe://<trustDomain>/<kind>/<name>`, SPIFFE ID; for a human the name is 22 random base64url characters. */
export type IdentityId = Brand<string, "IdentityId">;
/** An {@link IdentityId} with `/<instance>`: one running copy, with its own key. */
export type InstanceId = Brand<string, "InstanceId">;
/** Lower-case UUIDv7 text (RFC 9562) of one entry of the record. */
export type EntryId = Brand<string, "EntryId">;
/** Lower-case UUIDv7 text of one question to people. */
export type ApprovalId = Brand<string, "ApprovalId">;
/** Lower-case UUIDv7 text of one planted value. */
export type DecoyId = Brand<string, "DecoyId">;
/** 26 characters of base 32 (RFC 4648 section 6): the same sign gives the same id (watch W16). */
export type FindingId = Brand<string, "FindingId">;
/** Lower-case UUIDv7 text of one mandate. */
export type MandateId = Brand<string, "MandateId">;
/** Lower-case UUIDv7 text of one step of a task. */
export type StepId = Brand<string, "StepId">;
/** Lower-case UUIDv7 text of the task of a mandate; its name in tokens and in the feed is `txn`. */
export type TaskId = Brand<string, "TaskId">;
/** Lower-case UUIDv7 text of an order of containment. */
export type OrderId = Brand<string, "OrderId">;
export type IncidentId = Brand<string, "IncidentId">;
/** Name of an upstream server: `[a-z0-9][a-z0-9._-]{0,63}`. */
export type ServerId = Brand<string, "ServerId">;
/** Name of a policy domain, `main` by default. */
export type DomainId = Brand<string, "DomainId">;
/** Name of a tenant, `main` by default. */
export type TenantId = Brand<string, "TenantId">;
/** Name of an enforcement point, `<node>/<via>`. */
export type PointId = Brand<string, "PointId">;
/** `sha256:` and 64 hexadecimal digits. */
export type Digest = Brand<string, "Digest">;
/** `c1:` and 43 base64url characters: a salted commitment, erasable by its key (record L6). */
export type Commitment = Brand<string, "Commitment">;
/** `e1:` and 22 base64url characters: whose key commitments and bodies are under, opaque (record L7). */
export type ErasureDomainId = Brand<string, "ErasureDomainId">;
/** Lower-case UUIDv7 text of one erasure. */
export type ErasureId = Brand<string, "ErasureId">;
/** `BW-` and 7 Crockford characters of the entry id: what a caller is shown. */
export type Reference = Brand<string, "Reference">;
/** Position of an entry in its log, from 0. */
export type EntryIndex = Brand<number, "EntryIndex">;

export type Bytes = Uint8Array;

/** An entity as policies see it. */
export interface Ref {
  readonly type: string;
  readonly id: string;
}

/** Where an entry stands: log origin, index, and base64url leaf hash. A decision is its entry. */
export interface EntryRef {
  readonly log: string;
  readonly index: EntryIndex;
  readonly leaf: string;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TRUST_DOMAIN = /^[a-z0-9._-]{1,255}$/;
const SEGMENT = /^[A-Za-z0-9._-]+$/;
const KINDS = new Set(["human", "agent", "model", "workload", "service"]);
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const COMMITMENT = /^c1:[A-Za-z0-9_-]{43}$/;
const REFERENCE = /^BW-[0-9A-HJKMNP-TV-Z]{7}$/;
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function malformed(what: string, text: string, rule: string): CoreError {
  return new CoreError("CORE_ID_MALFORMED", `parsing ${what} ${quote(text)}: ${rule}`);
}

function spiffePath(what: string, text: string, segments: number): readonly string[] {
  const bad = (rule: string): CoreError => malformed(what, text, rule);
  if (text.length > IDENTITY_ID_MAX_BYTES) throw bad(`longer than ${IDENTITY_ID_MAX_BYTES} bytes`);
  if (!text.startsWith("spiffe://")) throw bad("does not start with spiffe://");
  const [domain = "", ...path] = text.slice("spiffe://".length).split("/");
  if (!TRUST_DOMAIN.test(domain)) throw bad("trust domain is not [a-z0-9._-]+");
  if (path.length !== segments) throw bad(`needs ${segments} path segments`);
  if (path.some((s) => !SEGMENT.test(s) || s === "." || s === "..")) throw bad("a segment is not [A-Za-z0-9._-]+");
  if (!KINDS.has(path[0] ?? "")) throw bad("kind is not human, agent, model, workload or service");
  return path;
}

/** Parses an identity id (identify I1). @throws CoreError CORE_ID_MALFORMED */
export function parseIdentityId(text: string): IdentityId {
  spiffePath("identity id", text, 2);
  return text as IdentityId; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
}

/** Parses an instance id: an identity id with one more segment. @throws CoreError CORE_ID_MALFORMED */
export function parseInstanceId(text: string): InstanceId {
  spiffePath("instance id", text, 3);
  return text as InstanceId; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
}

/** The identity that an instance is a running copy of. */
export function identityOf(instance: InstanceId): IdentityId {
  return parseIdentityId(instance.slice(0, instance.lastIndexOf("/")));
}

function brand<T extends string>(what: string, pattern: RegExp, rule: string): (text: string) => Brand<string, T> {
  return (text) => {
    if (!pattern.test(text)) throw malformed(what, text, rule);
    return text as Brand<string, T>; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
  };
}

const UUID_RULE = "not a lower-case UUIDv7";
const NAME_RULE = "not [a-z0-9][a-z0-9._-]{0,63}";
/** @throws CoreError CORE_ID_MALFORMED */
export const parseServerId: (text: string) => ServerId = brand<"ServerId">("server id", NAME, NAME_RULE);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseDomainId: (text: string) => DomainId = brand<"DomainId">("domain id", NAME, NAME_RULE);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseTenantId: (text: string) => TenantId = brand<"TenantId">("tenant id", NAME, NAME_RULE);
/** @throws CoreError CORE_ID_MALFORMED */
export const parsePointId: (text: string) => PointId = brand<"PointId">(
  "point id",
  /^[a-z0-9][a-z0-9._-]{0,63}\/[a-z-]+$/,
  "not <node>/<via>",
);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseEntryId: (text: string) => EntryId = brand<"EntryId">("entry id", UUID_V7, "not a lower-case UUIDv7");
/** @throws CoreError CORE_ID_MALFORMED */
export const parseApprovalId: (text: string) => ApprovalId = brand<"ApprovalId">(
  "approval id",
  UUID_V7,
  "not a lower-case UUIDv7",
);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseMandateId: (text: string) => MandateId = brand<"MandateId">("mandate id", UUID_V7, UUID_RULE);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseStepId: (text: string) => StepId = brand<"StepId">("step id", UUID_V7, UUID_RULE);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseTaskId: (text: string) => TaskId = brand<"TaskId">("task id", UUID_V7, UUID_RULE);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseOrderId: (text: string) => OrderId = brand<"OrderId">("order id", UUID_V7, UUID_RULE);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseIncidentId: (text: string) => IncidentId = brand<"IncidentId">("incident id", UUID_V7, UUID_RULE);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseDecoyId: (text: string) => DecoyId = brand<"DecoyId">("decoy id", UUID_V7, UUID_RULE);
/** Lower-case UUIDv7 text of one legal hold. @throws CoreError CORE_ID_MALFORMED */
export const parseHoldId: (text: string) => Brand<string, "HoldId"> = brand<"HoldId">("hold id", UUID_V7, UUID_RULE);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseErasureId: (text: string) => ErasureId = brand<"ErasureId">("erasure id", UUID_V7, UUID_RULE);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseFindingId: (text: string) => FindingId = brand<"FindingId">(
  "finding id",
  /^[A-Z2-7]{26}$/,
  "not 26 characters of base 32",
);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseDigest: (text: string) => Digest = brand<"Digest">("digest", DIGEST, "not sha256: and 64 hex digits");
/** @throws CoreError CORE_ID_MALFORMED */
export const parseCommitment: (text: string) => Commitment = brand<"Commitment">(
  "commitment",
  COMMITMENT,
  "not c1: and 43 base64url characters",
);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseErasureDomainId: (text: string) => ErasureDomainId = brand<"ErasureDomainId">(
  "erasure domain",
  /^e1:[A-Za-z0-9_-]{22}$/,
  "not e1: and 22 base64url characters",
);
/** @throws CoreError CORE_ID_MALFORMED */
export const parseReference: (text: string) => Reference = brand<"Reference">(
  "reference",
  REFERENCE,
  "not BW- and 7 characters",
);

/** @throws CoreError CORE_ID_MALFORMED */
export function parseEntryIndex(index: number): EntryIndex {
  if (!Number.isSafeInteger(index) || index < 0)
    throw malformed("entry index", String(index), "not a whole number from 0");
  return index as EntryIndex; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
}

/** The reference that callers see: 35 random bits from the end of the entry id, Crockford base 32. */
export function referenceOf(id: EntryId): Reference {
  const tail = BigInt(`0x${id.slice(24)}`);
  let text = "";
  for (let i = 6; i >= 0; i--) text += CROCKFORD.charAt(Number((tail >> BigInt(5 * i)) & 31n));
  return parseReference(`BW-${text}`);
}

/** Text form `<origin>#<index>:<leaf>`. */
export function formatEntryRef(ref: EntryRef): string {
  return `${ref.log}#${ref.index}:${ref.leaf}`;
}

/** @throws CoreError CORE_ID_MALFORMED */
export function parseEntryRef(text: string): EntryRef {
  const match = /^([^#\s]+)#(0|[1-9][0-9]{0,15}):([A-Za-z0-9_-]{43})$/.exec(text);
  if (match === null) throw malformed("entry reference", text, "not <origin>#<index>:<leaf>");
  const [, log = "", index = "", leaf = ""] = match;
  return { log, index: parseEntryIndex(Number(index)), leaf };
}
