// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { leafHash, nodeHash, rootOf } from "../../record/verify/index.ts";
import { sidesOf } from "./proofs.ts";

/** RFC 9162 section 2.1.3.1: siblings from the leaf up, each with the side that it stands on. */
function pathOf(leaves: readonly Uint8Array[], index: number): readonly (readonly [side: string, hash: Uint8Array])[] {
  if (leaves.length === 1) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...pathOf(left, index), ["right", rootOf(right)]]
    : [...pathOf(right, index - split), ["left", rootOf(left)]];
}

test("X39: the drawn path leads from the leaf to the root, whatever the size of the tree", () => {
  const trees = fc.integer({ min: 1, max: 130 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));
  fc.assert(
    fc.property(trees, ([size, index]) => {
      const leaves = Array.from({ length: size }, (_, i) => leafHash(Uint8Array.of(i)));
      const path = pathOf(leaves, index);
      const sides = sidesOf(BigInt(index), BigInt(size), path.length);
      expect(sides).toEqual(path.map(([side]) => side));
      let node = leaves[index] ?? new Uint8Array();
      for (const [i, [, hash]] of path.entries())
        node = sides[i] === "left" ? nodeHash(hash, node) : nodeHash(node, hash);
      expect(node).toEqual(rootOf(leaves));
    }),
  );
});
