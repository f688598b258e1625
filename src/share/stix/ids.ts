// SPDX-License-Identifier: Apache-2.0
// Ids of STIX objects (STIX 2.1 section 2.9, share S12). They look random to everybody without the key, so one object has
// ids in two communities that nobody can link; for us the same object always has the same one.
import { createHmac, type KeyObject } from "node:crypto";
import { type Brand, canonicalText } from "../../core/index.ts";

/** `<type>--<uuid>`. */
export type StixId = Brand<string, "StixId">;

/** @param ours what the object is here: an id, or a text that only it has */
export type StixIds = (type: string, ours: string) => StixId;

/** SOURCE: STIX 2.1 section 2.9; the version and variant are those that its JSON schemas take. */
const STIX_ID = /^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isStixId(text: string): text is StixId {
  return STIX_ID.test(text);
}

/**
 * Ids of version 4 (RFC 9562 section 5.4), whose 122 bits come from HMAC-SHA-256.
 * @param key of `Custody.derive("share-ids")`: whoever has it can link communities
 * @param community whom the ids are for
 */
export function stixIds(key: KeyObject, community: string): StixIds {
  return (type, ours) => {
    const mac = createHmac("sha256", key)
      .update(canonicalText([community, type, ours]))
      .digest();
    mac[6] = ((mac[6] ?? 0) & 0x0f) | 0x40;
    mac[8] = ((mac[8] ?? 0) & 0x3f) | 0x80;
    const hex = mac.subarray(0, 16).toString("hex");
    const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
    return `${type}--${uuid}` as StixId; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
  };
}
