// SPDX-License-Identifier: Apache-2.0
// What was asked, as one digest: SHA-256 over the RFC 8785 text of the whole question. The text is put together from parts,
// so that a list of resources writes its context and its entities once.
import {
  type Bytes,
  CanonicalBytes,
  canonicalText,
  type Digest,
  type Evidence,
  isJsonArray,
  type Json,
  type JsonObject,
  jsonObject,
  type Question,
  RawNumber,
  type Ref,
} from "../core/index.ts";

/**
 * Whether the context is no longer than so many bytes as canonical text. Nearly all are far below, and show it without
 * being written: a UTF-16 unit is at most six bytes of that text, and a number at most {@link NUMBER_MOST}.
 */
export function isContextWithin({ context }: Question, maxBytes: number): boolean {
  return mostBytes(context) <= maxBytes || Buffer.byteLength(canonicalText(context)) <= maxBytes;
}

/** UNIT: bytes. More than a double, `true`, `false` or `null` ever takes. */
const NUMBER_MOST = 25;
/** UNIT: bytes. Quotes, colon and comma around a member or an item. */
const MARKS = 6;

function mostBytes(json: Json): number {
  if (typeof json === "string") return 6 * json.length + MARKS;
  if (json instanceof RawNumber) return json.lexeme.length + NUMBER_MOST + MARKS;
  if (typeof json !== "object" || json === null) return NUMBER_MOST + MARKS;
  let bytes = MARKS;
  if (isJsonArray(json)) for (const item of json) bytes += mostBytes(item) + MARKS;
  else for (const name of Object.keys(json)) bytes += 6 * name.length + MARKS + mostBytes(json[name] ?? null);
  return bytes;
}

/**
 * The digest of the question about each resource, made when it is asked for: of all the questions about one call, one stands
 * in its entry. What they share is kept from the second on.
 */
export function askedDigests(question: Question): (resource: Ref) => Digest {
  let asked = 0;
  let shared: Bytes | undefined;
  return (resource) => {
    const bytes = scratch.restart();
    if (shared === undefined) writeBefore(bytes, question);
    else bytes.again(shared);
    asked += 1;
    if (asked === 2) shared = bytes.copy();
    writeRef(bytes, resource);
    return bytes.raw("}").digest();
  };
}

/** Every decision carries this digest, and makes it in one go. */
const scratch = new CanonicalBytes();

/** The members stand in the order of their names (RFC 8785 section 3.2.3), which puts the resource last. */
function writeBefore(bytes: CanonicalBytes, question: Question): CanonicalBytes {
  const { action, argsDigest, at, context, domain, evidence, pep, principal } = question;
  bytes.raw('{"action":').string(action);
  if (argsDigest !== undefined) bytes.raw(',"argsDigest":').string(argsDigest);
  bytes.raw(`,"at":${at},"context":`).json(context).raw(',"domain":').string(domain).raw(',"entities":[');
  writeEntities(bytes, question.entities);
  if (evidence !== undefined) bytes.raw(',"evidence":').json(evidence.map(evidenceJson));
  bytes.raw(',"pep":').json(pepJson(pep)).raw(',"principal":');
  writeRef(bytes, principal);
  return bytes.raw(',"resource":');
}

function writeEntities(bytes: CanonicalBytes, entities: Question["entities"]): void {
  let isFirst = true;
  for (const { uid, attrs, parents } of entities) {
    bytes
      .raw(isFirst ? '{"attrs":' : ',{"attrs":')
      .json(attrs)
      .raw(',"parents":[');
    isFirst = false;
    writeRefs(bytes, parents);
    bytes.raw('],"uid":');
    writeRef(bytes, uid);
    bytes.raw("}");
  }
  bytes.raw("]");
}

function writeRefs(bytes: CanonicalBytes, refs: readonly Ref[]): void {
  let isFirst = true;
  for (const ref of refs) {
    if (!isFirst) bytes.raw(",");
    isFirst = false;
    writeRef(bytes, ref);
  }
}

function writeRef(bytes: CanonicalBytes, { type, id }: Ref): void {
  bytes.raw('{"id":').string(id).raw(',"type":').string(type).raw("}");
}

/** A set has no order, so its members are sorted. */
function pepJson({ id, obligations }: Question["pep"]): JsonObject {
  return obligations === undefined ? { id } : { id, obligations: [...obligations].toSorted() };
}

function evidenceJson({ resource, bound, mandate, ...rest }: Evidence): JsonObject {
  return jsonObject([
    ...Object.entries(rest),
    ["resource", { ...resource }],
    ["bound", bound.map((one) => jsonObject(Object.entries(one)))],
    ...(mandate === undefined ? [] : [["mandate", mandate] as const]),
  ]);
}
