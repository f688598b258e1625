// SPDX-License-Identifier: Apache-2.0
// The marking objects of TLP 2.0 (FIRST, August 2022) for STIX 2.1: fixed objects that everybody names by the same id
// (share S7, S8). Ids with other last groups are wide-spread and wrong; a test pins these byte for byte.
import type { JsonObject, Tlp } from "../../core/index.ts";

const TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

const IDS: Readonly<Record<Tlp, string>> = {
  CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
  GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
  AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
  "AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
  RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
};

/** The id that `object_marking_refs` names. */
export function markingId(tlp: Tlp): string {
  return IDS[tlp];
}

/** The object that travels with everything that names it. */
export function marking(tlp: Tlp): JsonObject {
  return {
    type: "marking-definition",
    spec_version: "2.1",
    id: IDS[tlp],
    created: "2022-10-01T00:00:00.000Z",
    name: `TLP:${tlp}`,
    extensions: { [TLP_EXTENSION]: { extension_type: "property-extension", tlp_2_0: tlp.toLowerCase() } },
  };
}
