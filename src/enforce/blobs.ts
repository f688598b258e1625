// SPDX-License-Identifier: Apache-2.0
// A mask inside base64 leaves bytes that decode to nothing anybody meant, and clients refuse the whole answer for them. Such a
// blob goes as a whole: an empty one takes its place, and a text says so.
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonObject, member } from "../core/index.ts";

/** Members that hold base64 (MCP 2025-11-25: `data` of image and audio content, `blob` of a resource). */
const BASE64: ReadonlySet<string> = new Set(["data", "blob"]);

/** RFC 4648 section 4 and 5, with or without padding; a shorter one is anybody's word. */
const ENCODED = /^[A-Za-z0-9+/_-]{8,}={0,2}$/;

const NOTICE = "[withheld: an encoded part, because something in it was masked]";

/** @param before - the body before masking, of which `after` is the masked one: same shape, other texts and names */
export function emptyMaskedBlobs(before: JsonObject, after: JsonObject): JsonObject {
  const found = { blobs: 0 };
  const clean = emptied(before, after, found);
  if (found.blobs === 0 || !isJsonObject(clean)) return after;
  const result = member(clean, "result");
  const content = member(result, "content");
  if (!isJsonObject(result) || !isJsonArray(content)) return clean;
  const notice = jsonObject([
    ["type", "text"],
    ["text", NOTICE],
  ]);
  return { ...clean, result: { ...result, content: [...content, notice] } };
}

function emptied(before: Json, after: Json, found: { blobs: number }): Json {
  if (isJsonArray(before) && isJsonArray(after)) return after.map((item, i) => emptied(before[i] ?? null, item, found));
  if (!isJsonObject(before) || !isJsonObject(after)) return after;
  const olds = Object.entries(before);
  return jsonObject(
    Object.entries(after).map(([name, value], i) => {
      const [oldName, old] = olds[i] ?? ["", null];
      const isCut = BASE64.has(oldName) && typeof old === "string" && old !== value && ENCODED.test(old);
      if (!isCut) return [name, emptied(old, value, found)];
      found.blobs += 1;
      return [name, ""];
    }),
  );
}
