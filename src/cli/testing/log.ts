// SPDX-License-Identifier: Apache-2.0
// The smallest log that there is, made by hand after C2SP tlog-tiles, tlog-checkpoint and signed-note: one entry, its
// tile, its bundle, a signed checkpoint. For tests only; the key is made anew each time.
import { generateKeyPairSync, hash, type KeyObject, sign } from "node:crypto";

export interface SmallLog {
  /** Path in the log's folder to content. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** A tlog-policy file that trusts its key and asks for no witness. */
  readonly policy: string;
  /** The one entry's proof, `c2sp.org/tlog-proof@v1`. */
  readonly proof: string;
}

const ED25519 = Uint8Array.of(0x01);

export function smallLog(origin: string): SmallLog {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const entry = Buffer.from(
    `{"at":1796547600000,"id":"01936d3c-0000-7000-8000-000000000000","log":"${origin}","node":"main","nonce":"AAAAAAAAAAAAAAAAAAAAAA","tenant":"main","type":"admin","v":1}`,
  );
  const leaf = sha256(Uint8Array.of(0x00), entry); // RFC 6962 section 2.1: of one leaf the root is its hash
  const checkpoint = signedNote(`${origin}\n1\n${leaf.toString("base64")}\n`, origin, { privateKey, publicKey });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(entry.length);
  return {
    files: {
      checkpoint,
      "tile/0/000.p/1": leaf,
      "tile/entries/000.p/1": Buffer.concat([length, entry]),
    },
    policy: `log ${vkey(origin, publicKey)}\nquorum none\n`,
    proof: `c2sp.org/tlog-proof@v1\nextra ${entry.toString("base64")}\nindex 0\n\n${checkpoint}`,
  };
}

function signedNote(text: string, name: string, keys: { privateKey: KeyObject; publicKey: KeyObject }): string {
  const signature = Buffer.concat([keyId(name, keys.publicKey), sign(null, Buffer.from(text), keys.privateKey)]);
  return `${text}\n\u2014 ${name} ${signature.toString("base64")}\n`;
}

function vkey(name: string, key: KeyObject): string {
  const typed = Buffer.concat([ED25519, raw(key)]).toString("base64");
  return `${name}+${keyId(name, key).toString("hex")}+${typed}`;
}

function keyId(name: string, key: KeyObject): Buffer {
  return sha256(Buffer.from(`${name}\n`), ED25519, raw(key)).subarray(0, 4);
}

/** The 32 bytes of an Ed25519 public key: the end of its SPKI form (RFC 8410). */
function raw(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" }).subarray(-32);
}

function sha256(...pieces: readonly Uint8Array[]): Buffer {
  return hash("sha256", Buffer.concat(pieces), "buffer");
}
