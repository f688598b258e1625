// SPDX-License-Identifier: Apache-2.0
import { sign, verify } from "node:crypto";
import { chmod, link, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Custody } from "../core/index.ts";
import { fakeRandom } from "../core/testing/system.ts";
import { openCustody, rewrapSeal } from "./custody.ts";

describe("keys at rest", () => {
  let dir = "";
  const at = (name: string): string => path.join(dir, "keys", name);
  const open = (): Promise<Custody> => openCustody({ dir }, { random: fakeRandom() });
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "bailiwick-keys-"));
  });
  afterEach(async () => {
    await rm(dir, { recursive: true });
  });

  it.each(["Ed25519", "ES256", "ML-DSA-44"] as const)(
    "I60: a %s key is made once and signs the same after a restart",
    async (algorithm) => {
      expect((await open()).algorithms).toContain(algorithm);
      const made = await (await open()).keyPair("access/main", algorithm);
      const again = await (await open()).keyPair("access/main", algorithm);
      const digest = algorithm === "ES256" ? "sha256" : null;
      const signature = sign(digest, Buffer.from("text"), made.privateKey);
      expect(verify(digest, Buffer.from("text"), again.publicKey, signature)).toBe(true);
      expect(again.publicKey.equals(made.publicKey)).toBe(true);
    },
  );
  it("I60: two calls at once get one key", async () => {
    const custody = await open();
    const [a, b] = await Promise.all([custody.keyPair("log", "Ed25519"), custody.keyPair("log", "Ed25519")]);
    expect(a.publicKey.equals(b.publicKey)).toBe(true);
    expect(await readdir(at("."))).toEqual(["log.key", "root", "seal"]);
  });
  it("I60: folder 0700, files 0600, and the private key is not in them", async () => {
    const { privateKey } = await (await open()).keyPair("log", "Ed25519");
    expect((await stat(at("."))).mode & 0o777).toBe(0o700);
    for (const file of ["seal", "log.key"]) expect((await stat(at(file))).mode & 0o777).toBe(0o600);
    const secret = privateKey.export({ type: "pkcs8", format: "der" }).subarray(-32);
    const text = await readFile(at("log.key"));
    expect(text.includes(secret) || text.includes(secret.toString("base64url"))).toBe(false);
  });
  it("I60: a seal that is gone while sealed keys are there refuses to start, and nothing is made", async () => {
    await (await open()).keyPair("log", "Ed25519");
    await rm(at("seal"));
    await expect(open()).rejects.toMatchObject({ code: "STORE_SEAL_MISSING" });
    expect(await readdir(at("."))).toEqual(["log.key", "root"]);
  });
  it("I60: another seal refuses to start", async () => {
    await (await open()).keyPair("log", "Ed25519");
    await writeFile(at("seal"), Buffer.alloc(32, 7));
    await expect(open()).rejects.toMatchObject({ code: "STORE_SEAL_WRONG" });
    await writeFile(at("seal"), "short");
    await expect(open()).rejects.toMatchObject({ code: "STORE_SEAL_WRONG" });
  });
  it("S17: a key that was moved to another name does not open", async () => {
    await (await open()).keyPair("log", "Ed25519");
    await rename(at("log.key"), at("access.key"));
    await expect(open()).rejects.toMatchObject({ code: "STORE_SEAL_WRONG" });
  });
  it("S17: a key with any changed character does not open", async () => {
    await (await open()).keyPair("log", "Ed25519");
    const text = await readFile(at("log.key"), "latin1");
    for (const i of [0, 3, 20, 40, text.length - 3]) {
      await writeFile(at("log.key"), text.slice(0, i) + (text[i] === "A" ? "B" : "A") + text.slice(i + 1));
      await expect(open()).rejects.toMatchObject({ code: "STORE_SEAL_WRONG" });
    }
  });
  it.each(["seal", "log.key"])("I60: %s that others may read is refused", async (file) => {
    await (await open()).keyPair("log", "Ed25519");
    await chmod(at(file), 0o640);
    await expect(open()).rejects.toMatchObject({ code: "STORE_FILE_EXPOSED", fix: `chmod go-rwx ${at(file)}` });
  });
  it("I60: a seal that is a link, soft or hard, is refused", async () => {
    await (await open()).keyPair("log", "Ed25519");
    await rename(at("seal"), path.join(dir, "elsewhere"));
    await symlink(path.join(dir, "elsewhere"), at("seal"));
    await expect(open()).rejects.toThrow("it is a link");
    await rm(at("seal"));
    await link(path.join(dir, "elsewhere"), at("seal"));
    await expect(open()).rejects.toThrow("another name too");
  });
  it("I60: a folder of keys that others may look into is refused", async () => {
    await open();
    await chmod(at("."), 0o750);
    await expect(open()).rejects.toMatchObject({ code: "STORE_FILE_EXPOSED" });
  });
  it.each(["", "../seal", "a//b", "A", "a b", "/a", "seal/"])("S17: the name `%s` is refused", async (name) => {
    await expect((await open()).keyPair(name, "ES256")).rejects.toMatchObject({ code: "STORE_KEY_NAME" });
  });
  it("I60: a key is not handed out for another algorithm", async () => {
    const custody = await open();
    await custody.keyPair("log", "Ed25519");
    await expect(custody.keyPair("log", "ES256")).rejects.toMatchObject({ code: "STORE_KEY_WRONG" });
  });
  it("S17: another seal opens the same keys and the same derived secrets, and the one before opens nothing", async () => {
    const before = await open();
    const { publicKey } = await before.keyPair("log", "Ed25519");
    const old = await readFile(at("seal"));
    await rewrapSeal({ dir }, { random: fakeRandom(2) });
    expect((await readdir(at("."))).toSorted()).toEqual(["log.key", "root", "seal"]);
    expect((await readFile(at("seal"))).equals(old)).toBe(false);
    const after = await open();
    expect((await after.keyPair("log", "Ed25519")).publicKey.equals(publicKey)).toBe(true);
    expect(after.derive("values").equals(before.derive("values"))).toBe(true);
    await writeFile(at("seal"), old);
    await expect(open()).rejects.toMatchObject({ code: "STORE_SEAL_WRONG" });
  });
  it("S17: killed between any two writes of a change of the seal, the keys open", async () => {
    const { publicKey } = await (await open()).keyPair("log", "Ed25519");
    const [oldSeal, oldRoot] = [await readFile(at("seal")), await readFile(at("root"))];
    await rewrapSeal({ dir }, { random: fakeRandom(2) });
    const [newSeal, newRoot] = [await readFile(at("seal")), await readFile(at("root"))];
    for (const [seal, root] of [
      [oldSeal, oldRoot],
      [oldSeal, newRoot],
      [newSeal, newRoot],
    ] as const) {
      await writeFile(at("seal"), seal);
      await writeFile(at("root"), root);
      await writeFile(at("seal.next"), newSeal, { mode: 0o600 });
      const custody = await open();
      expect((await custody.keyPair("log", "Ed25519")).publicKey.equals(publicKey)).toBe(true);
      expect((await readdir(at("."))).toSorted()).toEqual(["log.key", "root", "seal"]);
      expect((await readFile(at("seal"))).equals(root === newRoot ? newSeal : oldSeal)).toBe(true);
    }
  });
  it("S17: a directory from before there was a root opens as it is, and its seal can be changed", async () => {
    const { publicKey } = await (await open()).keyPair("log", "Ed25519");
    const random = fakeRandom();
    random.bytes(32);
    await writeFile(at("seal"), random.bytes(32)); // what was the root is the seal there
    await rm(at("root"));
    expect((await (await open()).keyPair("log", "Ed25519")).publicKey.equals(publicKey)).toBe(true);
    expect(await readdir(at("."))).toEqual(["log.key", "seal"]);
    await rewrapSeal({ dir }, { random: fakeRandom(2) });
    expect((await (await open()).keyPair("log", "Ed25519")).publicKey.equals(publicKey)).toBe(true);
  });
  it("S17: a derived secret is 32 bytes, the same after a restart, and another for another purpose", async () => {
    const [first, second] = [await open(), await open()];
    expect(first.derive("nonce").export()).toHaveLength(32);
    expect(first.derive("nonce").equals(second.derive("nonce"))).toBe(true);
    expect(first.derive("nonce").equals(first.derive("values"))).toBe(false);
  });
});
