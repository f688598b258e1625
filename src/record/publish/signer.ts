// SPDX-License-Identifier: Apache-2.0
// Signs checkpoints twice: with Ed25519, which every tool reads, and with ML-DSA-44, which holds when Ed25519 no longer
// does (record L21). The name of both keys is the origin.
import { type Custody, type Instant, instant } from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import type { Hash } from "../tree/hash.ts";
import { checkpointText, createNoteKey, type KeyPair } from "./note-key.ts";

export interface Signer {
  /** The Ed25519 key first. */
  readonly vkeys: readonly [string, ...string[]];
  checkpoint(size: number, root: Hash, at: Instant): Promise<string>;
  /** Is this the Ed25519 signature of ours over this size and root, whatever else stands under it? */
  hasSigned(note: string, size: number, root: Hash): boolean;
  /** Does every key of ours stand under it? */
  isComplete(note: string): boolean;
}

/** Whether a log must be signed with ML-DSA-44, or is where the runtime can. */
export type SecondKey = "auto" | "required";

/** The keys of a log, made at the first call. @throws RecordError RECORD_CONFIG */
export async function openSigner(
  custody: Custody,
  { origin, name, mldsa44 }: { readonly origin: string; readonly name: string; readonly mldsa44: SecondKey },
): Promise<Signer> {
  const first = await custody.keyPair(`log/${name}`, "Ed25519");
  if (custody.algorithms.has("ML-DSA-44")) {
    return createSigner(origin, first, await custody.keyPair(`log/${name}/ml-dsa-44`, "ML-DSA-44"));
  }
  if (mldsa44 === "required") {
    throw new RecordError("RECORD_CONFIG", `opening the record ${origin}: this Node.js has no ML-DSA-44`, {
      fix: "use a Node.js with OpenSSL 3.5 or later, or set `record.keys.mldsa44: auto`",
    });
  }
  return createSigner(origin, first);
}

export function createSigner(origin: string, first: KeyPair, second?: KeyPair): Signer {
  const ed25519 = createNoteKey("note", origin, first);
  const keys = second === undefined ? [ed25519] : [ed25519, createNoteKey("subtree", origin, second)];
  return {
    vkeys: [ed25519.vkey, ...keys.slice(1).map(({ vkey }) => vkey)],
    async checkpoint(size, root, at) {
      const head = { origin, size, root };
      const lines = await Promise.all(keys.map((key) => key.lineLater(head, at)));
      return `${checkpointText(head)}\n${lines.join("")}`;
    },
    // Ed25519 is deterministic (RFC 8032 section 5.1.6), so one comparison says all; type 01 has no time in it
    hasSigned(note, size, root) {
      const head = { origin, size, root };
      return note.startsWith(`${checkpointText(head)}\n${ed25519.line(head, instant(0))}`);
    },
    isComplete: (note) => keys.every(({ prefix }) => note.includes(`\n${prefix}`)),
  };
}

/** The policy (C2SP tlog-policy) that trusts this log, and asks for the witnesses that these lines name. */
export function trustPolicy(vkeys: readonly string[], witnesses = "quorum none\n"): string {
  return `${vkeys.map((vkey) => `log ${vkey}\n`).join("")}${witnesses}`;
}
