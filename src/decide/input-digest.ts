// SPDX-License-Identifier: Apache-2.0
// What was asked, as one digest: SHA-256 over the RFC 8785 text of the whole question. The text is put together from parts,
// so that a list of resources writes its context and its entities once.
import { hash } from "node:crypto";
import { canonicalText, type Digest, parseDigest, type Question, type Ref } from "../core/index.ts";

export interface AskedText {
  /** UNIT: bytes of the context alone. */
  readonly contextBytes: number;
  /** The digest of the question about this resource. */
  digestFor(resource: Ref): Digest;
}

/** The members stand in the order of their names (RFC 8785 section 3.2.3), which puts the resource last. */
export function askedText({ action, at, context, domain, entities, pep, principal }: Question): AskedText {
  const contextText = canonicalText(context);
  const written = entities.map(
    ({ uid, attrs, parents }) =>
      `{"attrs":${canonicalText(attrs)},"parents":[${parents.map(refText).join(",")}],"uid":${refText(uid)}}`,
  );
  const head = `{"action":${JSON.stringify(action)},"at":${at},"context":${contextText},"domain":${JSON.stringify(domain)}`;
  const rest = `"entities":[${written.join(",")}],"pep":{"id":${JSON.stringify(pep.id)}},"principal":${refText(principal)}`;
  const before = `${head},${rest},"resource":`;
  return {
    contextBytes: Buffer.byteLength(contextText),
    digestFor: (resource) => parseDigest(`sha256:${hash("sha256", `${before}${refText(resource)}}`, "hex")}`),
  };
}

function refText({ type, id }: Ref): string {
  return `{"id":${JSON.stringify(id)},"type":${JSON.stringify(type)}}`;
}
