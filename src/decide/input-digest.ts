// SPDX-License-Identifier: Apache-2.0
// What was asked, as one digest: SHA-256 over the RFC 8785 text of the whole question. The text is put together from parts,
// so that a list of resources writes its context and its entities once.
import { hash } from "node:crypto";
import {
  canonicalText,
  type Digest,
  type Evidence,
  isJsonArray,
  type Json,
  type JsonObject,
  jsonObject,
  parseDigest,
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
 * The digest of the question about each resource. The text is written when the first of them is asked for: of all the
 * questions about one call, one stands in its entry.
 */
export function askedDigests(question: Question): (resource: Ref) => Digest {
  let before: string | undefined;
  return (resource) => {
    before ??= textBefore(question);
    return parseDigest(`sha256:${hash("sha256", `{${before}${refText(resource)}}`, "hex")}`);
  };
}

/** The members stand in the order of their names (RFC 8785 section 3.2.3), which puts the resource last. */
function textBefore(question: Question): string {
  const { action, argsDigest, at, context, domain, entities, evidence, pep, principal } = question;
  const written = entities.map(
    ({ uid, attrs, parents }) =>
      `{"attrs":${canonicalText(attrs)},"parents":[${parents.map(refText).join(",")}],"uid":${refText(uid)}}`,
  );
  return [
    `"action":${JSON.stringify(action)}`,
    ...(argsDigest === undefined ? [] : [`"argsDigest":${JSON.stringify(argsDigest)}`]),
    `"at":${at}`,
    `"context":${canonicalText(context)}`,
    `"domain":${JSON.stringify(domain)}`,
    `"entities":[${written.join(",")}]`,
    ...(evidence === undefined ? [] : [`"evidence":${canonicalText(evidence.map(evidenceJson))}`]),
    `"pep":${canonicalText(pepJson(pep))}`,
    `"principal":${refText(principal)}`,
    `"resource":`,
  ].join(",");
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

function refText({ type, id }: Ref): string {
  return `{"id":${JSON.stringify(id)},"type":${JSON.stringify(type)}}`;
}
