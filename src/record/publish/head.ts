// SPDX-License-Identifier: Apache-2.0
// The published checkpoint, compared with the journal at every start (record L23): a log never goes back behind what it
// told the world, and never tells it two things of one size.
import { type Bytes, quote } from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import { base64Of, type Hash } from "../tree/hash.ts";
import type { Published } from "./publisher.ts";
import type { Signer } from "./signer.ts";

/** Reads size and origin; the rest is compared as a whole. @throws RecordError RECORD_CORRUPT or RECORD_CONFIG */
export function readHead(checkpoint: Bytes, origin: string): Published {
  const note = Buffer.from(checkpoint).toString();
  const [name = "", size = ""] = note.split("\n", 2);
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(size)) {
    throw new RecordError("RECORD_CORRUPT", `opening checkpoint: ${quote(size)} is no size`);
  }
  if (name !== origin) {
    throw new RecordError(
      "RECORD_CONFIG",
      `opening the record ${quote(origin)}: the folder is that of ${quote(name)}`,
      {
        fix: "a log keeps its origin for ever: set the old public address again, or give the new log another name",
      },
    );
  }
  return { size: Number(size), note };
}

/**
 * Is the published checkpoint the one that this journal and this key would sign for its size? Ed25519 signatures are
 * deterministic (RFC 8032 section 5.1.6), so one comparison of the bytes says all.
 * @param root of the journal's tree at the published size; undefined where the journal has fewer entries
 * @throws RecordError RECORD_ROLLBACK naming both heads, or RECORD_KEY_MISMATCH
 */
export function checkHead(published: Published, size: number, root: Hash | undefined, signer: Signer): void {
  const [, , publishedRoot = ""] = published.note.split("\n", 3);
  if (root === undefined || base64Of(root) !== publishedRoot) {
    const journal = root === undefined ? `${size} entries` : `root ${base64Of(root)} at that size`;
    const head = `size ${published.size} with root ${publishedRoot}`;
    throw new RecordError("RECORD_ROLLBACK", `opening the record: ${head} was published, the journal has ${journal}`, {
      fix: "put back the newest copy of the log's folder; a log must not tell its history twice",
    });
  }
  if (published.note !== signer.checkpoint(published.size, root)) {
    throw new RecordError("RECORD_KEY_MISMATCH", "opening the record: the published checkpoint has another signature", {
      fix: "put back the key the log was begun with",
    });
  }
}
