// SPDX-License-Identifier: Apache-2.0
// The `requestState` of a call that waits for people (enforce E28): what the call was, sealed, so that a client can carry it
// and neither read nor change it. `bw1.` and base64url of nonce, ciphertext and tag of AES-256-GCM. Any other state is an
// upstream's own and is none of ours to open.
import { createCipheriv, createDecipheriv, createHash, type KeyObject } from "node:crypto";
import {
  type ApprovalId,
  type Clock,
  type Commitment,
  CoreError,
  type IdentityId,
  type InstanceId,
  type Instant,
  instant,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseApprovalId,
  parseCommitment,
  parseIdentityId,
  parseInstanceId,
  parseJson,
  parseServerId,
  type Random,
  type ServerId,
  writeJson,
} from "../../core/index.ts";

/** What a call was that waits, and what its client must not lose meanwhile. */
export interface RequestState {
  readonly principal: IdentityId;
  readonly instance: InstanceId;
  readonly server: ServerId;
  readonly method: string;
  readonly args: Commitment;
  readonly approval: ApprovalId;
  /** From then on it is worth nothing. */
  readonly expires: Instant;
  /** `requestState` and `inputResponses` of the upstream's own conversation, for when the call goes up. */
  readonly inner: JsonObject;
}

const PREFIX = "bw1.";
/** UNIT: UTF-16 units. No longer state is read, and what would make one is not carried. */
export const STATE_MAX: number = 64 * 1024;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ABOUT: Buffer = Buffer.from("bailiwick request state 1");

/** Whether a state is ours to open, whatever is in it. */
export function isOurs(state: Json | undefined): state is string {
  return typeof state === "string" && state.startsWith(PREFIX);
}

export class RequestStates {
  private readonly key: KeyObject;
  private readonly ports: { readonly clock: Clock; readonly random: Random };
  /** Tells one key from the next, and says nothing of either. */
  private readonly kid: string;

  /** @param key - 32 bytes, the same on every node of a deployment */
  constructor(key: KeyObject, ports: { readonly clock: Clock; readonly random: Random }) {
    this.key = key;
    this.ports = ports;
    this.kid = createHash("sha256").update(ABOUT).update(key.export()).digest("base64url").slice(0, 11);
  }

  /** Nothing where the state would be too long to be carried. */
  seal(state: RequestState): string | undefined {
    const nonce = this.ports.random.bytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce).setAAD(ABOUT);
    const text = writeJson(jsonObject([["kid", this.kid], ...Object.entries(state)]));
    const sealed = Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    const carried = PREFIX + sealed.toString("base64url");
    return carried.length > STATE_MAX ? undefined : carried;
  }

  /** Nothing for what is not ours as it was given out, or is over. */
  open(carried: string): RequestState | undefined {
    const text = this.decrypted(carried);
    if (text === undefined) return undefined;
    try {
      const json = parseJson(text);
      const state = member(json, "kid") === this.kid ? readState(json) : undefined;
      return state !== undefined && this.ports.clock.now() < state.expires ? state : undefined;
    } catch (cause) {
      if (cause instanceof CoreError) return undefined; // a state of another version of ours
      throw cause;
    }
  }

  private decrypted(carried: string): Buffer | undefined {
    if (!carried.startsWith(PREFIX) || carried.length > STATE_MAX) return undefined;
    const bytes = Buffer.from(carried.slice(PREFIX.length), "base64url");
    // one spelling: what was given out and nothing that only decodes to it
    if (bytes.length <= NONCE_BYTES + TAG_BYTES || PREFIX + bytes.toString("base64url") !== carried) return undefined;
    const end = bytes.length - TAG_BYTES;
    const decipher = createDecipheriv("aes-256-gcm", this.key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(ABOUT).setAuthTag(bytes.subarray(end));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]);
    } catch {
      return undefined; // the tag does not hold: somebody else's, or changed
    }
  }
}

/** @throws CoreError for a member that is not what it should be */
function readState(json: Json): RequestState | undefined {
  const text = (name: string): string => {
    const value = member(json, name);
    return typeof value === "string" ? value : "";
  };
  const expires = member(json, "expires");
  const inner = member(json, "inner");
  if (typeof expires !== "number" || !isJsonObject(inner)) return undefined;
  return {
    principal: parseIdentityId(text("principal")),
    instance: parseInstanceId(text("instance")),
    server: parseServerId(text("server")),
    method: text("method"),
    args: parseCommitment(text("args")),
    approval: parseApprovalId(text("approval")),
    expires: instant(expires),
    inner,
  };
}
