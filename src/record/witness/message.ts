// SPDX-License-Identifier: Apache-2.0
// The body of add-checkpoint (C2SP tlog-witness v1.0.0): what the witness saw last, a consistency proof from there, and the
// checkpoint that it is asked to cosign.
import type { Bytes } from "../../core/index.ts";
import { readDecimal, readHash, readUtf8, VerifyError } from "../verify/index.ts";

/** tlog-witness: a client must not send more. */
const PROOF_MAX_LINES = 63;

export interface AddCheckpoint {
  readonly old: bigint;
  readonly proof: readonly Bytes[];
  /** The signed note, as it was sent. */
  readonly checkpoint: string;
}

export function writeAddCheckpoint(old: number, proof: readonly Bytes[], checkpoint: string): string {
  const hashes = proof.map((hash) => `${Buffer.from(hash).toString("base64")}\n`).join("");
  return `old ${old}\n${hashes}\n${checkpoint}`;
}

/** @throws VerifyError */
export function parseAddCheckpoint(body: Bytes): AddCheckpoint {
  const text = readUtf8(body, "request");
  const split = text.indexOf("\n\n");
  if (split < 0) throw new VerifyError("request", "no empty line before the checkpoint");
  const [first = "", ...hashes] = text.slice(0, split).split("\n");
  if (!first.startsWith("old ")) throw new VerifyError("request", "not `old <size>` on the first line");
  if (hashes.length > PROOF_MAX_LINES) throw new VerifyError("request", `more than ${PROOF_MAX_LINES} hashes`);
  return {
    old: readDecimal(first.slice("old ".length), "request: old size"),
    proof: hashes.map((line, i) => readHash(line, `request: hash ${i + 1}`)),
    checkpoint: text.slice(split + 2),
  };
}
