// SPDX-License-Identifier: Apache-2.0
// One entry of the record as the API shows it.
import {
  formatEntryRef,
  type JsonObject,
  jsonObject,
  member,
  parseEntryId,
  type RecordedEntry,
  referenceOf,
} from "../../core/index.ts";

export function entryRow({ ref, entry }: RecordedEntry): JsonObject {
  const id = member(entry, "id");
  const reference = typeof id === "string" ? referenceOf(parseEntryId(id)) : "";
  return jsonObject([
    ["ref", formatEntryRef(ref)],
    ["reference", reference],
    ["entry", entry],
  ]);
}
