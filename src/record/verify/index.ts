// SPDX-License-Identifier: Apache-2.0
// The verifier for strangers: proofs, growth and whole log folders, judged with node:crypto and nothing else. It shares
// no line with the code that writes logs, so that a mistake there is not repeated here.

export { readDecimal, readHash, readUtf8 } from "./bytes.ts";
export { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
export { isExport, verifyExport } from "./export.ts";
export { VerifyError } from "./fault.ts";
export { type AgeLimit, cosigners } from "./head.ts";
export { type LogSource, verifyLog } from "./log.ts";
export { leafHash, nodeHash, rootOf, verifyConsistency, verifyInclusion } from "./merkle.ts";
export { type Note, type NoteSignature, parseNote, parseVkey, type VerifierKey } from "./note.ts";
export { type Opening, parseOpenings } from "./opening.ts";
export { type Group, meetsQuorum, type Policy, parsePolicy, policyOf } from "./policy.ts";
export { type Proof, parseProof, verifyGrowth, verifyNote, verifyProof } from "./proof.ts";
export { parseRangeProof, type RangeProof, verifyRange } from "./range.ts";
export { canVerify, cosignedMessage, ED25519_COSIGNATURE, ML_DSA_44, type Signing, signersOf } from "./signature.ts";
export { isSubtree, verifySubtreeConsistency, verifySubtreeInclusion } from "./subtree.ts";
export type { Check, CheckName, Verdict } from "./verdict.ts";
