// SPDX-License-Identifier: Apache-2.0
// Range proofs: that a run of entries is everything a log has between two indexes (record L37). Beside the entries the proof
// has the roots of the perfect subtrees left and right of them, in the order of the log; with the entries between, they have
// to lead to the checkpoint's root. Any entry that is left out, added, changed or moved leads elsewhere.
import { readDecimal, readHash, sameBytes } from "./bytes.ts";
import { EntryChecks } from "./entry.ts";
import { attempt, VerifyError } from "./fault.ts";
import { checkHead } from "./head.ts";
import { leafHash, nodeHash } from "./merkle.ts";
import type { Policy } from "./policy.ts";
import { Report, type Verdict } from "./verdict.ts";

/** UNIT: characters. Hashes for both sides of a tree of 2^63 entries, and a note of 64 KiB. */
const RANGE_MAX = 80_000;

export interface RangeProof {
  /** Index of the first entry. */
  readonly from: bigint;
  /** Index after the last entry. */
  readonly to: bigint;
  /** Roots of the perfect subtrees before the first entry, then of those after the last. */
  readonly sides: readonly Uint8Array[];
  /** The checkpoint as it stands in the proof. */
  readonly checkpoint: string;
}

/** @throws VerifyError */
export function parseRangeProof(text: string): RangeProof {
  if (text.length > RANGE_MAX) throw new VerifyError("range proof", `longer than ${RANGE_MAX}`);
  const split = text.indexOf("\n\n");
  if (split < 0) throw new VerifyError("range proof", "no empty line before the checkpoint");
  const [magic, first = "", last = "", ...hashes] = text.slice(0, split).split("\n");
  if (magic !== "bailiwick/range-proof@v1") throw new VerifyError("range proof", "not bailiwick/range-proof@v1");
  if (!first.startsWith("from ") || !last.startsWith("to ")) throw new VerifyError("range proof", "no from and to");
  return {
    from: readDecimal(first.slice("from ".length), "range proof: from"),
    to: readDecimal(last.slice("to ".length), "range proof: to"),
    sides: hashes.map((hash, i) => readHash(hash, `range proof: hash ${i + 1}`)),
    checkpoint: text.slice(split + 2),
  };
}

/**
 * Are these all entries of the log between the two indexes of the proof? Without `trust` the signature is not checked and
 * the verdict is not ok.
 */
export function verifyRange(text: string, entries: Iterable<Uint8Array>, trust: Policy | undefined): Verdict {
  const report = new Report();
  const read = attempt(() => parseRangeProof(text));
  if ("reason" in read) {
    report.failed("format", read.reason);
    return report.verdict();
  }
  const proof = read.value;
  const checkpoint = checkHead(proof.checkpoint, trust, report);
  if (checkpoint === undefined) return report.verdict();
  const checks = new EntryChecks(checkpoint.origin, report);
  const root = attempt(() => rootOver(proof, checkpoint.size, entries, checks));
  if ("reason" in root) report.failed("range", root.reason);
  else if (!sameBytes(root.value, checkpoint.root)) {
    report.failed("range", `range proof: entries ${proof.from} to ${proof.to} and the hashes do not lead to the root`);
  } else
    report.passed(
      "range",
      `entries ${proof.from} to ${proof.to - 1n} of ${checkpoint.size}, and none between left out`,
    );
  report.passed("log-binding", checkpoint.origin);
  report.passed("schema", "canonical JSON with its header");
  if (checks.approvals > 0) report.passed("approvals", `${checks.approvals} signed by passkeys, each for its own call`);
  return report.verdict();
}

/** @throws VerifyError */
function rootOver(
  { from, to, sides }: RangeProof,
  size: bigint,
  entries: Iterable<Uint8Array>,
  checks: EntryChecks,
): Uint8Array {
  if (from >= to || to > size) throw new VerifyError("range proof", `${from} to ${to} is no range of ${size} entries`);
  const [before, after] = [widths(0n, from), widths(to, size)];
  if (sides.length !== before.length + after.length) {
    throw new VerifyError("range proof", `${sides.length} hashes instead of ${before.length + after.length}`);
  }
  const tree = new Subtrees();
  for (const [i, width] of before.entries()) tree.push(sides[i] ?? new Uint8Array(), width);
  let index = from;
  for (const entry of entries) {
    if (index === to) throw new VerifyError("range proof", `more entries than the ${to - from} it is for`);
    checks.check(entry, `entry ${index}`);
    tree.push(leafHash(entry), 1n);
    index += 1n;
  }
  if (index !== to)
    throw new VerifyError("range proof", `${index - from} entries instead of the ${to - from} it is for`);
  for (const [i, width] of after.entries()) tree.push(sides[before.length + i] ?? new Uint8Array(), width);
  return tree.root();
}

/** The perfect subtrees that entries [from, to) consist of, in order. */
function widths(from: bigint, to: bigint): readonly bigint[] {
  const found: bigint[] = [];
  for (let at = from; at < to; ) {
    let width = 1n;
    while (at % (width * 2n) === 0n && at + width * 2n <= to) width *= 2n;
    found.push(width);
    at += width;
  }
  return found;
}

/** A tree that grows by whole subtrees: two of one width beside each other are one of twice the width. */
class Subtrees {
  private readonly edge: { readonly hash: Uint8Array; readonly width: bigint }[] = [];

  push(hash: Uint8Array, width: bigint): void {
    let node = { hash, width };
    for (let left = this.edge.at(-1); left?.width === node.width; left = this.edge.at(-1)) {
      this.edge.pop();
      node = { hash: nodeHash(left.hash, node.hash), width: node.width * 2n };
    }
    this.edge.push(node);
  }

  /** @returns the root; the tree has at least one entry */
  root(): Uint8Array {
    const [last = { hash: new Uint8Array() }, ...others] = this.edge.toReversed();
    return others.reduce((right, left) => nodeHash(left.hash, right), last.hash);
  }
}
