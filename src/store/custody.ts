// SPDX-License-Identifier: Apache-2.0
// Keys at rest. `keys/seal` holds 32 random bytes and opens `keys/root`, under which every private key lies sealed with
// AES-256-GCM; so the seal can be changed while everything goes on. Where a seal is missing or wrong nothing is made anew: a
// new key in place of a lost one would quietly change who we are.
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPair,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { type Custody, type KeyAlgorithm, quote, type Random } from "../core/index.ts";
import { StoreError } from "./errors.ts";
import { ensurePrivateDirectory, readPrivate, writeDurable } from "./files.ts";

type KeyPair = Awaited<ReturnType<Custody["keyPair"]>>;

const SEAL_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}(?:\/[a-z0-9][a-z0-9._-]{0,63}){0,3}$/;
const SUFFIX = ".key";
/** Sealed under the seal; no name of a key ends so. */
const ROOT = "root";
/** The seal that is about to take the place of the other one. */
const NEXT = "seal.next";
/** `v1.<id of the seal>.<nonce>.<ciphertext and tag>`, each base64url. */
const SEALED = /^v1\.([A-Za-z0-9_-]{11})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]+)\n$/;

const generate = promisify(generateKeyPair);

/** What each kind of key is called by node:crypto, and how one is made. */
const KINDS: Readonly<Record<KeyAlgorithm, { readonly type: string; make(): Promise<KeyPair> }>> = {
  Ed25519: { type: "ed25519", make: () => generate("ed25519") },
  ES256: { type: "ec", make: () => generate("ec", { namedCurve: "prime256v1" }) },
  "ML-DSA-44": { type: "ml-dsa-44", make: () => generate("ml-dsa-44") },
};

/**
 * Opens the keys of a data directory and tries every sealed one, so that a wrong seal is found at the start.
 * @throws StoreError STORE_SEAL_MISSING, STORE_SEAL_WRONG, STORE_FILE_EXPOSED
 */
export async function openCustody(
  options: { readonly dir: string },
  ports: { readonly random: Random },
): Promise<Custody> {
  const dir = path.join(options.dir, "keys");
  await ensurePrivateDirectory(dir);
  const names = (await readdir(dir)).filter((f) => f.endsWith(SUFFIX));
  const hasRoot = (await readPrivate(path.join(dir, ROOT))) !== undefined;
  const seal = await readSeal(dir, names.length + (hasRoot ? 1 : 0), ports.random);
  const vault = new Vault(dir, await readRoot(dir, { seal, isNew: names.length === 0 }, ports.random), ports.random);
  const pairs = new Map<string, Promise<KeyPair>>();
  const algorithms = await algorithmsHere();
  for (const file of names) await vault.read(decodeURIComponent(file.slice(0, -SUFFIX.length)));
  return {
    keyPair(name, algorithm) {
      const known = pairs.get(name);
      if (known !== undefined) return known.then((pair) => checked(name, pair, algorithm));
      const pair = vault.readOrMake(name, algorithm);
      pairs.set(name, pair);
      pair.catch(() => pairs.delete(name)); // the caller gets the fault; the next call tries again
      return pair;
    },
    algorithms,
    derive: (purpose) => vault.derive(`derive ${purpose}`),
  };
}

/** ML-DSA-44 needs OpenSSL 3.5; the others are everywhere. */
async function algorithmsHere(): Promise<ReadonlySet<KeyAlgorithm>> {
  const hasMlDsa = await KINDS["ML-DSA-44"].make().then(
    () => true,
    () => false,
  );
  return new Set<KeyAlgorithm>(hasMlDsa ? ["Ed25519", "ES256", "ML-DSA-44"] : ["Ed25519", "ES256"]);
}

/**
 * Puts another seal in place of the one that is there; what is sealed stays as it is, and a server that runs goes on.
 * Directories from before there was a root have the first seal as their root: there whoever kept it can still open keys.
 * @throws StoreError STORE_SEAL_MISSING, STORE_SEAL_WRONG, STORE_FILE_EXPOSED
 */
export async function rewrapSeal(options: { readonly dir: string }, ports: { readonly random: Random }): Promise<void> {
  const dir = path.join(options.dir, "keys");
  await ensurePrivateDirectory(dir);
  const root = await readRoot(dir, { seal: await readSeal(dir, 1, ports.random), isNew: false }, ports.random);
  const next = Buffer.from(ports.random.bytes(SEAL_BYTES));
  // the next one is there before anything needs it, and the old one until nothing does
  await writeDurable(path.join(dir, NEXT), next);
  await writeRoot(dir, root, next, ports.random);
  await writeDurable(path.join(dir, "seal"), next);
  await rm(path.join(dir, NEXT));
}

interface Sealing {
  readonly seal: Buffer;
  /** Nothing was sealed yet. */
  readonly isNew: boolean;
}

/** What everything is sealed under and derived from. */
async function readRoot(dir: string, { seal, isNew }: Sealing, random: Random): Promise<Buffer> {
  const sealed = (await readPrivate(path.join(dir, ROOT)))?.toString("latin1");
  const next = await readPrivate(path.join(dir, NEXT));
  if (sealed === undefined) {
    if (next !== undefined) await rm(path.join(dir, NEXT)); // of a change that did not get so far
    if (!isNew) return seal;
    const root = Buffer.from(random.bytes(SEAL_BYTES));
    await writeRoot(dir, root, seal, random);
    return root;
  }
  if (next !== undefined) {
    if (!new Vault(dir, next, random).isMine(sealed)) {
      await rm(path.join(dir, NEXT));
    } else {
      // a process that changed it was killed between its two writes
      await writeDurable(path.join(dir, "seal"), next);
      await rm(path.join(dir, NEXT));
      return new Vault(dir, next, random).open(ROOT, sealed);
    }
  }
  return new Vault(dir, seal, random).open(ROOT, sealed);
}

function writeRoot(dir: string, root: Buffer, seal: Buffer, random: Random): Promise<void> {
  return writeDurable(path.join(dir, ROOT), Buffer.from(new Vault(dir, seal, random).close(ROOT, root)));
}

async function readSeal(dir: string, sealedKeys: number, random: Random): Promise<Buffer> {
  const file = path.join(dir, "seal");
  const found = await readPrivate(file);
  if (found !== undefined) {
    if (found.length === SEAL_BYTES) return found;
    throw new StoreError("STORE_SEAL_WRONG", `reading ${quote(file)}: not ${SEAL_BYTES} bytes`, {
      fix: "put the seal back from the backup of the keys",
    });
  }
  if (sealedKeys > 0) {
    throw new StoreError(
      "STORE_SEAL_MISSING",
      `reading ${quote(file)}: it is gone, and ${sealedKeys} sealed keys are there`,
      {
        fix: "put the seal back from the backup of the keys",
      },
    );
  }
  const seal = Buffer.from(random.bytes(SEAL_BYTES));
  await writeDurable(file, seal);
  return seal;
}

/** The sealed keys of one folder. The seal never leaves this object but through HKDF. */
class Vault {
  private readonly dir: string;
  private readonly seal: Buffer;
  private readonly random: Random;
  private readonly id: string;

  constructor(dir: string, seal: Buffer, random: Random) {
    this.dir = dir;
    this.seal = seal;
    this.random = random;
    this.id = this.derive("seal id").export().subarray(0, 8).toString("base64url");
  }

  /** RFC 5869 with a label of ours for each use. */
  derive(label: string): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync("sha256", this.seal, "", `bailiwick v1 ${label}`, 32)));
  }

  async readOrMake(name: string, algorithm: KeyAlgorithm): Promise<KeyPair> {
    if (!NAME.test(name))
      throw new StoreError("STORE_KEY_NAME", `naming a key ${quote(name)}: not lower-case words and /`);
    const found = await this.read(name);
    if (found !== undefined) return checked(name, found, algorithm);
    const pair = await KINDS[algorithm].make();
    const text = this.close(name, pair.privateKey.export({ type: "pkcs8", format: "der" }));
    await writeDurable(this.file(name), Buffer.from(text));
    return pair;
  }

  async read(name: string): Promise<KeyPair | undefined> {
    const bytes = await readPrivate(this.file(name));
    if (bytes === undefined) return undefined;
    const privateKey = createPrivateKey({
      key: this.open(name, bytes.toString("latin1")),
      type: "pkcs8",
      format: "der",
    });
    return { privateKey, publicKey: createPublicKey(privateKey) };
  }

  private file(name: string): string {
    return path.join(this.dir, `${encodeURIComponent(name)}${SUFFIX}`);
  }

  /** Whether a text was sealed under this one. */
  isMine(text: string): boolean {
    return SEALED.exec(text)?.[1] === this.id;
  }

  close(name: string, plain: Buffer): string {
    const nonce = Buffer.from(this.random.bytes(NONCE_BYTES));
    const cipher = createCipheriv("aes-256-gcm", this.derive("keys"), nonce).setAAD(Buffer.from(name));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.id}.${nonce.toString("base64url")}.${sealed.toString("base64url")}\n`;
  }

  open(name: string, text: string): Buffer {
    const [, id = "", nonce = "", body = ""] = SEALED.exec(text) ?? [];
    if (id !== this.id) throw wrong(name, id === "" ? "it is damaged" : "it was sealed under another seal");
    const sealed = Buffer.from(body, "base64url");
    const decipher = createDecipheriv("aes-256-gcm", this.derive("keys"), Buffer.from(nonce, "base64url"), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw wrong(name, "it was changed, or moved here from another name", cause);
    }
  }
}

function wrong(name: string, why: string, cause?: unknown): StoreError {
  return new StoreError("STORE_SEAL_WRONG", `opening the key ${quote(name)}: ${why}`, {
    cause,
    fix: "put keys and seal back from the same backup",
  });
}

function checked(name: string, pair: KeyPair, algorithm: KeyAlgorithm): KeyPair {
  if (pair.privateKey.asymmetricKeyType === KINDS[algorithm].type) return pair;
  throw new StoreError("STORE_KEY_WRONG", `using the key ${quote(name)} for ${algorithm}: it is a key of another kind`);
}
