// SPDX-License-Identifier: Apache-2.0
// Passkeys on the wire (WebAuthn level 3): what a browser is asked, and what it answered, checked by SimpleWebAuthn. Loaded
// with the first answer, since it takes longer to load than the rest of the room.
import { createPublicKey } from "node:crypto";
import { z } from "zod";
import type { Json } from "../../core/index.ts";

/** Where a passkey is good: both come from the configured public URL, never from a request. */
export interface RelyingParty {
  /** Domain (RP ID). */
  readonly id: string;
  readonly origin: string;
}

/** The domain and origin of a public URL. */
export function relyingParty(publicUrl: string): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return { id: hostname, origin };
}

/** COSE algorithms that are taken: ES256, EdDSA with Ed25519, RS256 (RFC 9053). */
const ALGORITHMS = [-7, -8, -257] as const;
/** UNIT: ms. What a browser is told; the challenge itself lives as long. */
const TIMEOUT_MS = 300_000;

/** `PublicKeyCredentialCreationOptionsJSON` for a discoverable passkey that verifies its user. */
export function creationOptions(
  rp: RelyingParty,
  asked: {
    readonly challenge: string;
    /** User handle, base64url. */
    readonly user: string;
    readonly name: string;
    readonly exclude: readonly string[];
  },
): Json {
  return {
    rp: { id: rp.id, name: "Bailiwick" },
    user: { id: asked.user, name: asked.name, displayName: asked.name },
    challenge: asked.challenge,
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
    timeout: TIMEOUT_MS,
    excludeCredentials: asked.exclude.map((id) => ({ type: "public-key", id })),
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    attestation: "none",
  };
}

/** `PublicKeyCredentialRequestOptionsJSON`. @param allow - credentials, or none for any discoverable one */
export function requestOptions(rp: RelyingParty, challenge: string, allow: readonly string[]): Json {
  return {
    challenge,
    rpId: rp.id,
    timeout: TIMEOUT_MS,
    userVerification: "required",
    allowCredentials: allow.map((id) => ({ type: "public-key", id })),
  };
}

/** `RegistrationResponseJSON`, read. */
export interface Created {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: readonly string[];
  };
}

/** `AuthenticationResponseJSON`, read. */
export interface Signed {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string | null | undefined;
  };
}

const base64url = (max: number): z.ZodString =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .max(max);
const shared = { id: base64url(1400), rawId: base64url(1400), type: z.literal("public-key") };
const transport = z.string().regex(/^[a-z-]{1,32}$/);
const creationShape: z.ZodType<Created> = z.object({
  ...shared,
  response: z.object({
    clientDataJSON: base64url(8192),
    attestationObject: base64url(32_768),
    transports: z.array(transport).max(8).default([]),
  }),
});
const requestShape: z.ZodType<Signed> = z.object({
  ...shared,
  response: z.object({
    clientDataJSON: base64url(8192),
    authenticatorData: base64url(8192),
    signature: base64url(2048),
    userHandle: base64url(128).nullish(),
  }),
});

export function readCreated(answer: unknown): Created | undefined {
  return creationShape.safeParse(answer).data;
}

export function readSigned(answer: unknown): Signed | undefined {
  return requestShape.safeParse(answer).data;
}

/** The challenge that an answer says it signed. */
export function challengeOf({ response }: Created | Signed): string | undefined {
  return clientDataShape.safeParse(parse(Buffer.from(response.clientDataJSON, "base64url").toString())).data?.challenge;
}

const clientDataShape = z.object({ challenge: z.string() });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON holds no challenge
  }
}

/** A new passkey as it is kept. */
export interface NewKey {
  readonly credential: string;
  readonly cose: string;
  readonly spki: string;
  readonly counter: number;
  readonly transports: readonly string[];
  /** It may be on several devices of its owner. */
  readonly synced: boolean;
}

export type Checked<T> = { readonly ok: T } | { readonly why: string };

/** Is this answer a new passkey, made for this challenge, here, with its user verified? */
export async function checkCreated(rp: RelyingParty, challenge: string, answer: Created): Promise<Checked<NewKey>> {
  const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
  return attempt(async () => {
    const { transports, ...response } = answer.response;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...answer, response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...ALGORITHMS],
    });
    if (!verified) throw new Error("its attestation does not hold");
    const { credential, credentialDeviceType } = registrationInfo;
    return {
      credential: credential.id,
      cose: Buffer.from(credential.publicKey).toString("base64url"),
      spki: await spkiOf(credential.publicKey),
      counter: credential.counter,
      transports,
      synced: credentialDeviceType === "multiDevice",
    };
  });
}

/** Is this answer a signature by this passkey, under this challenge, here, with its user verified? */
export async function checkSigned(
  rp: RelyingParty,
  challenge: string,
  answer: Signed,
  key: Pick<NewKey, "credential" | "cose" | "counter">,
): Promise<Checked<{ readonly counter: number }>> {
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  return attempt(async () => {
    const { userHandle: _handle, ...response } = answer.response;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...answer, response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      requireUserVerification: true,
      credential: {
        id: key.credential,
        publicKey: new Uint8Array(Buffer.from(key.cose, "base64url")),
        counter: key.counter,
      },
    });
    if (!verified) throw new Error("its signature does not hold");
    return { counter: authenticationInfo.newCounter };
  });
}

/** Whatever the library throws is about the answer: it is a no, with its reason. */
async function attempt<T>(check: () => Promise<T>): Promise<Checked<T>> {
  try {
    return { ok: await check() };
  } catch (cause) {
    return { why: cause instanceof Error ? cause.message : "unknown" };
  }
}

function base64urlOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("base64url");
}

/** SubjectPublicKeyInfo of a COSE key, base64url: what `node:crypto` and any verifier reads. */
async function spkiOf(cose: Uint8Array<ArrayBuffer>): Promise<string> {
  const { decodeCredentialPublicKey, cose: words } = await import("@simplewebauthn/server/helpers");
  const key = decodeCredentialPublicKey(cose);
  const { x, y, n, e } = words.COSEKEYS;
  const jwk = words.isCOSEPublicKeyEC2(key)
    ? { kty: "EC", crv: "P-256", x: base64urlOf(key.get(x)), y: base64urlOf(key.get(y)) }
    : words.isCOSEPublicKeyRSA(key)
      ? { kty: "RSA", n: base64urlOf(key.get(n)), e: base64urlOf(key.get(e)) }
      : words.isCOSEPublicKeyOKP(key)
        ? { kty: "OKP", crv: "Ed25519", x: base64urlOf(key.get(x)) }
        : undefined;
  if (jwk === undefined) throw new Error("a key of an unknown kind");
  return createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "der" }).toString("base64url");
}
