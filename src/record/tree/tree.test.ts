// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { rootOf, verifyConsistency, verifyInclusion } from "../verify/index.ts";
import { bytesOf, EMPTY_ROOT, type Hash, leafHash, nodeHash, splitHashes } from "./hash.ts";
import { consistencyPath, type HashSource, inclusionPath } from "./proofs.ts";
import { newTiles, outgrownTiles, readBundle, type Tile, tilePath, writeBundle } from "./tiles.ts";
import { Tree } from "./tree.ts";

const hex = (hash: Hash): string => Buffer.from(bytesOf(hash)).toString("hex");
const leafAt = (index: number): Hash => leafHash(Buffer.from(`entry ${index}`));

function treeOf(size: number): Tree {
  const tree = new Tree();
  for (let i = 0; i < size; i++) tree.append(leafAt(i));
  return tree;
}

/** RFC 6962 section 2.1, word for word. */
function mth(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0] ?? "";
  const k = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  return nodeHash(mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

/** SOURCE: the constants published with the RFC 6962 test vectors of transparency-dev/merkle. */
const INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

test("L18: leaves, nodes and roots are those of RFC 6962", () => {
  const tree = new Tree();
  expect(hex(tree.root())).toBe(ROOTS[0]);
  for (const [i, input] of INPUTS.entries()) {
    tree.append(leafHash(Buffer.from(input, "hex")));
    expect(hex(tree.root())).toBe(ROOTS[i + 1]);
  }
  expect(hex(leafHash(Buffer.from("L123456")))).toBe(
    "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56",
  );
});

test("L19: the frontier's root is the recursive one at every size", () => {
  const tree = new Tree();
  const leaves: Hash[] = [];
  for (let size = 0; size < 300; size++) {
    expect(tree.root()).toBe(mth(leaves));
    tree.append(leafAt(size));
    leaves.push(leafAt(size));
  }
});

test("L19: what was released is gone, and the rest is as it was", () => {
  const tree = treeOf(700);
  const root = tree.root();
  tree.release(600);
  expect(tree.hashes(0, 511, 512)).toBeUndefined();
  expect(tree.hashes(0, 512, 700)).toEqual(Array.from({ length: 188 }, (_, i) => leafAt(512 + i)));
  expect(tree.hashes(1, 0, 2)).toHaveLength(2);
  expect(tree.root()).toBe(root);
});

/** Hashes as a reader of tiles has them, from a tree that forgot nothing. */
function sourceOf(tree: Tree): HashSource {
  return async (level, from, to) => tree.hashes(level, from, to) ?? [];
}

test("L18: every entry of trees around the size of a tile is proved, and nothing else is", async () => {
  const tree = treeOf(600);
  for (const size of [1, 2, 3, 255, 256, 257, 511, 512, 600]) {
    const root = bytesOf(mth(Array.from({ length: size }, (_, i) => leafAt(i))));
    for (const index of new Set([0, 1, 127, 255, 256, size >> 1, size - 1].filter((i) => i < size))) {
      const path = (await inclusionPath(sourceOf(tree), index, size)).map(bytesOf);
      const claim = { index: BigInt(index), size: BigInt(size), root, leaf: bytesOf(leafAt(index)), path };
      expect(verifyInclusion(claim)).toBe(true);
      expect(verifyInclusion({ ...claim, leaf: bytesOf(leafAt(index + 1)) })).toBe(false);
    }
  }
});

function rootAt(size: number): Uint8Array {
  return rootOf(Array.from({ length: size }, (_, i) => bytesOf(leafAt(i))));
}

test("L36: a tree grows from any size to any later one", async () => {
  const size = fc.integer({ min: 1, max: 600 });
  const tree = treeOf(600);
  const grows = fc.asyncProperty(size, size, async (a, b) => {
    const [oldSize, newSize] = [Math.min(a, b), Math.max(a, b)];
    const path = (await consistencyPath(sourceOf(tree), oldSize, newSize)).map(bytesOf);
    const claim = {
      oldSize: BigInt(oldSize),
      newSize: BigInt(newSize),
      oldRoot: rootAt(oldSize),
      newRoot: rootAt(newSize),
    };
    expect(verifyConsistency({ ...claim, path })).toBe(true);
    expect(verifyConsistency({ ...claim, oldRoot: rootAt(oldSize + 1), path })).toBe(false);
  });
  await fc.assert(grows, { numRuns: 60 });
});

/** tlog-tiles: the partial tile of a level has floor(s / 256^L) mod 256 hashes, and full ones before it. */
function slowTiles(size: number): readonly string[] {
  const paths: string[] = [];
  for (let level = 0; 256 ** level <= size; level++) {
    const width = Math.floor(size / 256 ** level);
    for (let index = 0; index * 256 < width; index++) {
      const tile = { level, index, width: Math.min(256, width - index * 256) };
      paths.push(tilePath(tile), ...(level === 0 ? [tilePath({ ...tile, level: "entries" })] : []));
    }
  }
  return paths.toSorted();
}

test("L18: tiles have the paths and widths of tlog-tiles", () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe("tile/0/x001/x234/067");
  expect(tilePath({ level: "entries", index: 5, width: 7 })).toBe("tile/entries/005.p/7");
  const tiles = newTiles(0, 70_000);
  const count = (level: Tile["level"], isFull: boolean): number =>
    tiles.filter((tile) => tile.level === level && (tile.width === 256) === isFull).length;
  expect([count(0, true), count(1, true), count(2, true)]).toEqual([273, 1, 0]);
  expect(tiles.filter(({ width }) => width < 256).map(({ level, width }) => [level, width])).toEqual([
    ["entries", 112],
    [0, 112],
    [1, 17],
    [2, 1],
  ]);
});

test("L18: a log that grew in steps has every tile of its size, and outgrown partial ones are named", () => {
  const size = fc.integer({ min: 0, max: 70_000 });
  fc.assert(
    fc.property(size, size, (a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const paths = new Set([...newTiles(0, from), ...newTiles(from, to)].map(tilePath));
      const isOutgrown = (path: string): boolean =>
        outgrownTiles(from, to).some((folder) => path.startsWith(`${folder}/`));
      const needed = slowTiles(to);
      expect(needed.filter((path) => !paths.has(path))).toEqual([]);
      expect(needed.filter(isOutgrown)).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test("L18: a bundle is read as it was written, and nothing else is a bundle", () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 });
  fc.assert(
    fc.property(entries, (all) => {
      expect(readBundle(writeBundle(all))).toEqual(all.map((entry) => Buffer.from(entry)));
    }),
  );
  expect(readBundle(Uint8Array.of(0))).toBeUndefined();
  expect(readBundle(Uint8Array.of(0, 2, 1))).toBeUndefined();
  expect(splitHashes(Buffer.from("ab".repeat(32), "latin1"))).toHaveLength(2);
});
