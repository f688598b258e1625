// SPDX-License-Identifier: Apache-2.0
// Proofs that a stranger checks offline: that an entry is in a log (C2SP tlog-proof), and that a log only grew.
import { readBase64, readDecimal, readHash, sameBytes } from "./bytes.ts";
import { EntryChecks } from "./entry.ts";
import { attempt, VerifyError } from "./fault.ts";
import { type AgeLimit, checkHead } from "./head.ts";
import { leafHash, verifyConsistency, verifyInclusion } from "./merkle.ts";
import type { Opening } from "./opening.ts";
import type { Policy } from "./policy.ts";
import { Report, type Verdict } from "./verdict.ts";

/** UNIT: characters. An entry of 65,535 bytes in base64, 63 hashes and a note of 64 KiB fit. */
const PROOF_MAX = 160_000;
/** A path in a tree of 2^63 entries. */
const HASHES_MAX = 63;

export interface Proof {
  readonly index: bigint;
  /** The `extra` line: in Bailiwick's proofs the entry itself. */
  readonly extra: Uint8Array | undefined;
  readonly path: readonly Uint8Array[];
  /** The checkpoint as it stands in the proof. */
  readonly checkpoint: string;
}

/** @throws VerifyError */
export function parseProof(text: string): Proof {
  if (text.length > PROOF_MAX) throw new VerifyError("proof", `longer than ${PROOF_MAX}`);
  const split = text.indexOf("\n\n");
  if (split < 0) throw new VerifyError("proof", "no empty line before the checkpoint");
  const [magic, ...lines] = text.slice(0, split).split("\n");
  if (magic !== "c2sp.org/tlog-proof@v1") throw new VerifyError("proof", "not c2sp.org/tlog-proof@v1");
  const extra = lines[0]?.startsWith("extra ") ? lines.shift()?.slice("extra ".length) : undefined;
  const index = lines.shift();
  if (!index?.startsWith("index ")) throw new VerifyError("proof", "no index line");
  if (lines.length > HASHES_MAX) throw new VerifyError("proof", `more than ${HASHES_MAX} hashes`);
  return {
    index: readDecimal(index.slice("index ".length), "proof: index"),
    extra: extra === undefined ? undefined : readBase64(extra, "proof: extra"),
    path: lines.map((line, i) => readHash(line, `proof: hash ${i + 1}`)),
    checkpoint: text.slice(split + 2),
  };
}

/**
 * Is the entry in a log that the policy trusts? The entry is the one given, or the one the proof carries.
 * Without `trust` the signature is not checked and the verdict is not ok.
 */
export function verifyProof(
  text: string,
  trust: Policy | undefined,
  options: {
    readonly entry?: Uint8Array;
    readonly age?: AgeLimit | undefined;
    readonly openings?: readonly Opening[] | undefined;
  } = {},
): Verdict {
  const report = new Report();
  const read = attempt(() => parseProof(text));
  if ("reason" in read) {
    report.failed("format", read.reason);
    return report.verdict();
  }
  const proof = read.value;
  const checkpoint = checkHead(proof.checkpoint, trust, report, { age: options.age });
  if (checkpoint === undefined) return report.verdict();
  const entry = options.entry ?? proof.extra;
  if (entry === undefined) {
    report.notRun("inclusion", "the proof carries no entry and none was given");
    return report.verdict();
  }
  const claim = { ...checkpoint, index: proof.index, leaf: leafHash(entry), path: proof.path };
  if (proof.extra !== undefined && !sameBytes(proof.extra, entry)) {
    report.failed("inclusion", "proof: it carries another entry than the one given");
  } else if (verifyInclusion(claim)) {
    report.passed("inclusion", `entry ${proof.index} of ${checkpoint.size}`);
  } else {
    report.failed("inclusion", `proof: the hashes do not lead from entry ${proof.index} to the root`);
  }
  const checks = new EntryChecks(checkpoint.origin, report, options.openings);
  checks.check(entry, `entry ${proof.index}`);
  checks.end(false);
  report.passed("log-binding", checkpoint.origin);
  report.passed("schema", "canonical JSON with its header");
  return report.verdict();
}

/** Does the policy trust this checkpoint: its log, and enough witnesses of it? */
export function verifyNote(text: string, trust: Policy | undefined, age?: AgeLimit): Verdict {
  const report = new Report();
  checkHead(text, trust, report, { age });
  return report.verdict();
}

/** Is the older checkpoint's tree the beginning of the newer one's, in one log that the policy trusts? */
export function verifyGrowth(
  older: string,
  newer: string,
  hashes: readonly Uint8Array[],
  trust: Policy | undefined,
): Verdict {
  const report = new Report();
  const from = checkHead(older, trust, report, { place: "older checkpoint" });
  const to = checkHead(newer, trust, report, { place: "newer checkpoint" });
  if (from === undefined || to === undefined) return report.verdict();
  const claim = { oldSize: from.size, newSize: to.size, oldRoot: from.root, newRoot: to.root, path: hashes };
  if (from.origin !== to.origin) report.failed("origin", "newer checkpoint: of another log than the older one");
  else if (verifyConsistency(claim)) report.passed("growth", `from ${from.size} to ${to.size}`);
  else report.failed("growth", `the hashes do not lead from size ${from.size} to size ${to.size}`);
  return report.verdict();
}
