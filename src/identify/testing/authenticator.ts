// SPDX-License-Identifier: Apache-2.0
// An authenticator in software (WebAuthn level 3 section 6), for tests: it answers what it is asked, or whatever else a test
// wants to see refused.
import { createPrivateKey, generateKeyPairSync, hash, type KeyObject, randomBytes, sign } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import { isJsonObject, type Json, member } from "../../core/index.ts";

export interface Authenticator {
  readonly credential: string;
  /** Answers a request for a new passkey. */
  create(options: Json, change?: Change): object;
  /** Answers a request for a signature. */
  get(options: Json, change?: Change): object;
  /** Another device with the same key: its counter is as it was. */
  copy(): Authenticator;
}

/** What an answer says otherwise than it should. */
export interface Change {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly flags?: number;
  readonly userHandle?: string;
  readonly signWith?: KeyObject;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;

/** @param counts - whether its counter rises; a synced passkey's stays at zero */
export function authenticator(origin: string, { counts = false }: { readonly counts?: boolean } = {}): Authenticator {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return withKey(origin, privateKey, { counts, id: randomBytes(16), counter: 0, user: "" });
}

interface State {
  readonly counts: boolean;
  readonly id: Buffer;
  counter: number;
  user: string;
}

function withKey(origin: string, privateKey: KeyObject, state: State): Authenticator {
  const id = state.id.toString("base64url");
  const rpId = new URL(origin).hostname;
  const clientData = (type: string, options: Json, change: Change): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: change.type ?? type,
        challenge: change.challenge ?? member(options, "challenge"),
        origin: change.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const head = (flags: number, change: Change): Buffer => {
    if (state.counts) state.counter += 1;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(state.counter);
    return Buffer.concat([
      hash("sha256", change.rpId ?? rpId, "buffer"),
      Buffer.from([change.flags ?? flags]),
      counter,
    ]);
  };
  return {
    credential: id,
    create(options, change = {}) {
      const user = member(options, "user");
      const handle = isJsonObject(user) ? user["id"] : undefined;
      state.user = typeof handle === "string" ? handle : "";
      const length = Buffer.alloc(2);
      length.writeUInt16BE(state.id.length);
      const data = [
        head(PRESENT | VERIFIED | ATTESTED, change),
        Buffer.alloc(16),
        length,
        state.id,
        coseOf(privateKey),
      ];
      const attestation = new Map<string, unknown>([
        ["fmt", "none"],
        ["attStmt", new Map()],
        ["authData", new Uint8Array(Buffer.concat(data))],
      ]);
      return answer(id, {
        clientDataJSON: clientData("webauthn.create", options, change).toString("base64url"),
        attestationObject: encode(attestation),
        transports: ["internal"],
      });
    },
    get(options, change = {}) {
      const client = clientData("webauthn.get", options, change);
      const data = head(PRESENT | VERIFIED, change);
      const signed = Buffer.concat([data, hash("sha256", client, "buffer")]);
      return answer(id, {
        clientDataJSON: client.toString("base64url"),
        authenticatorData: data.toString("base64url"),
        signature: sign("sha256", signed, change.signWith ?? privateKey).toString("base64url"),
        userHandle: change.userHandle ?? state.user,
      });
    },
    copy: () => withKey(origin, createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })), { ...state }),
  };
}

function answer(id: string, response: object): object {
  return { id, rawId: id, type: "public-key", response, clientExtensionResults: {} };
}

function coseOf(privateKey: KeyObject): Buffer {
  const { x = "", y = "" } = privateKey.export({ format: "jwk" });
  const key = new Map<number, unknown>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ]);
  return Buffer.from(encode(key), "base64url");
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64url"));
}

function encode(value: unknown): string {
  return Buffer.from(isoCBOR.encode(value as Parameters<typeof isoCBOR.encode>[0])).toString("base64url");
}
