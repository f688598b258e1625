// SPDX-License-Identifier: Apache-2.0
// What was asked, as one digest: SHA-256 over the RFC 8785 text of the whole question. The text is put together from parts,
// so that a list of resources writes its context and its entities once.
import { hash } from "node:crypto";
import {
  canonicalText,
  type Digest,
  type Evidence,
  type JsonObject,
  jsonObject,
  parseDigest,
  type Question,
  type Ref,
} from "../core/index.ts";

export interface AskedText {
  /** UNIT: bytes of the context alone. */
  readonly contextBytes: number;
  /** The digest of the question about this resource. */
  digestFor(resource: Ref): Digest;
}

/** The members stand in the order of their names (RFC 8785 section 3.2.3), which puts the resource last. */
export function askedText(question: Question): AskedText {
  const { action, argsDigest, at, context, domain, entities, evidence, pep, principal } = question;
  const contextText = canonicalText(context);
  const written = entities.map(
    ({ uid, attrs, parents }) =>
      `{"attrs":${canonicalText(attrs)},"parents":[${parents.map(refText).join(",")}],"uid":${refText(uid)}}`,
  );
  const before = [
    `"action":${JSON.stringify(action)}`,
    ...(argsDigest === undefined ? [] : [`"argsDigest":${JSON.stringify(argsDigest)}`]),
    `"at":${at}`,
    `"context":${contextText}`,
    `"domain":${JSON.stringify(domain)}`,
    `"entities":[${written.join(",")}]`,
    ...(evidence === undefined ? [] : [`"evidence":${canonicalText(evidence.map(evidenceJson))}`]),
    `"pep":${canonicalText(pepJson(pep))}`,
    `"principal":${refText(principal)}`,
    `"resource":`,
  ].join(",");
  return {
    contextBytes: Buffer.byteLength(contextText),
    digestFor: (resource) => parseDigest(`sha256:${hash("sha256", `{${before}${refText(resource)}}`, "hex")}`),
  };
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
