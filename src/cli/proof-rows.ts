// SPDX-License-Identifier: Apache-2.0
// The way from an entry to the signed root, drawn as text: at each step the hash that stands beside, and on which side.
import type { ProofView } from "../sdk/index.ts";
import type { Row } from "./table.ts";

export function proofRows({ log, index, size, leaf, path, root }: ProofView): readonly Row[] {
  return [
    ["proof", `leaf   ${leaf}`],
    ...path.map(({ side, hash }): Row => ["", `${side === "left" ? "left " : "right"}  ${hash}`]),
    ["", `root   ${root}`],
    ["signed", `by ${log}, over ${size} entries`],
    ["check it", `npx bailiwick record prove ${index} --out entry-${index}.tlog-proof`],
    ["", `npx bailiwick verify entry-${index}.tlog-proof --policy trust.policy`],
  ];
}
